import { describe, expect, it } from 'vitest';
import { keptNames } from '../../../../src/sidecar/keep/names.ts';

const workload = { kind: 'Deployment', name: 'my-app' };

describe('the names that content is kept under', () => {
  it.each([
    {
      rule: 'default',
      names: ['rehup-deployment-my-app-kept-a', 'rehup-deployment-my-app-kept-b'],
    },
    {
      rule: 'web',
      names: ['rehup-deployment-my-app-kept-web-a', 'rehup-deployment-my-app-kept-web-b'],
    },
  ])(
    'are those of the workload and the rule $rule, and part of the contract',
    ({ rule, names }) => {
      expect(keptNames(workload, rule)).toEqual(names);
    },
  );

  it.each(['Web Server', 'ä', '-', 'x'.repeat(300)])('can be used for a rule called %s', (rule) => {
    for (const name of keptNames(workload, rule)) {
      expect(name).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
      expect(name.length).toBeLessThanOrEqual(253);
    }
  });

  it('are others for rules that only look the same', () => {
    const [one] = keptNames(workload, 'a b');
    const [other] = keptNames(workload, 'a-b');
    expect(one).not.toBe(other);
  });

  it('are others for a StatefulSet of the same name', () => {
    const other = keptNames({ ...workload, kind: 'StatefulSet' }, 'default');
    expect(other).toEqual(['rehup-statefulset-my-app-kept-a', 'rehup-statefulset-my-app-kept-b']);
  });
});
