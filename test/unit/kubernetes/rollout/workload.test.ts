import { describe, expect, it } from 'vitest';
import { parseWorkload } from '../../../../src/kubernetes/rollout/workload.ts';

describe('parseWorkload', () => {
  it.each([
    ['deployment/web', 'Deployment', 'deployments'],
    ['deploy/web', 'Deployment', 'deployments'],
    ['Deployment.apps/web', 'Deployment', 'deployments'],
    ['sts/web', 'StatefulSet', 'statefulsets'],
    ['daemonsets/web', 'DaemonSet', 'daemonsets'],
    ['rollout/web', 'Rollout', 'rollouts'],
  ])('takes %s for a %s', (text, kind, resource) => {
    expect(parseWorkload(text)).toMatchObject({ kind, name: 'web', resource: { resource } });
  });

  it.each(['web', 'pod/web', 'deployment/', 'deployment/Web_1', 'deploy/web/x', ''])(
    'takes %j for nothing',
    (text) => {
      expect(parseWorkload(text)).toBeUndefined();
    },
  );
});
