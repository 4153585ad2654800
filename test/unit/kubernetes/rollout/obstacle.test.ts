import { describe, expect, it } from 'vitest';
import { findObstacle } from '../../../../src/kubernetes/rollout/obstacle.ts';
import { buildWorkload } from '../../../support/workload-builder.ts';

describe('what keeps a changed template from replacing the pods', () => {
  it.each([
    { what: 'a Deployment', found: buildWorkload() },
    { what: 'a StatefulSet', found: buildWorkload({ kind: 'StatefulSet' }) },
    {
      what: 'a DaemonSet that rolls',
      found: buildWorkload({
        kind: 'DaemonSet',
        spec: { updateStrategy: { type: 'RollingUpdate' } },
      }),
    },
    { what: 'an Argo Rollout', found: buildWorkload({ kind: 'Rollout' }) },
  ])('is nothing in $what', ({ found }) => {
    expect(findObstacle(found)).toBeUndefined();
  });

  it.each([
    {
      what: 'a paused Deployment',
      found: buildWorkload({ spec: { paused: true } }),
      reason: 'Deployment web is paused: it would not replace its pods',
      remedy: 'kubectl rollout resume deployment/web',
    },
    {
      what: 'OnDelete',
      found: buildWorkload({
        kind: 'StatefulSet',
        spec: { updateStrategy: { type: 'OnDelete' } },
      }),
      reason: 'StatefulSet web replaces no pods by itself (updateStrategy: OnDelete)',
      remedy: 'spec.updateStrategy.type: RollingUpdate',
    },
    {
      what: 'a ReplicaSet of its own',
      found: buildWorkload({ kind: 'ReplicaSet' }),
      reason: 'ReplicaSet web has no Deployment above it: it never replaces its pods',
      remedy: 'run the app as a Deployment',
    },
    {
      what: 'its end',
      found: buildWorkload({ metadata: { deletionTimestamp: '2026-11-09T08:00:00Z' } }),
      reason: 'Deployment web is being deleted',
      remedy: 'none needed',
    },
  ])('is $what', ({ found, reason, remedy }) => {
    expect(findObstacle(found)).toEqual({ reason, remedy: expect.stringContaining(remedy) });
  });

  it('is the template of another object in an Argo Rollout', () => {
    const { workload, ...found } = buildWorkload({ kind: 'Rollout' });
    const { template: _, ...spec } = workload.spec;
    const referring = { ...found, workload: { ...workload, spec } } as typeof found & {
      workload: typeof workload;
    };
    expect(findObstacle(referring)?.reason).toContain('spec.workloadRef');
  });
});
