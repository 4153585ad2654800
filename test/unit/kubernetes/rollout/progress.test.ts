import { describe, expect, it } from 'vitest';
import { readProgress } from '../../../../src/kubernetes/rollout/progress.ts';
import { buildWorkload } from '../../../support/workload-builder.ts';

const done = { replicas: 3, updatedReplicas: 3, availableReplicas: 3, readyReplicas: 3 };
const revisions = { currentRevision: 'web-2', updateRevision: 'web-2' };

describe('a rollout', () => {
  it.each([
    {
      what: 'a Deployment whose pods are all new and available',
      found: buildWorkload({ status: done }),
    },
    {
      what: 'a Deployment that is scaled to nothing',
      found: buildWorkload({ spec: { replicas: 0 } }),
    },
    {
      what: 'a StatefulSet whose revisions are one',
      found: buildWorkload({ kind: 'StatefulSet', status: { ...done, ...revisions } }),
    },
    {
      what: 'a StatefulSet that is updated down to its partition',
      found: buildWorkload({
        kind: 'StatefulSet',
        spec: { updateStrategy: { rollingUpdate: { partition: 2 } } },
        status: {
          readyReplicas: 3,
          updatedReplicas: 1,
          currentRevision: 'web-1',
          updateRevision: 'web-2',
        },
      }),
    },
    {
      what: 'a DaemonSet on all its nodes',
      found: buildWorkload({
        kind: 'DaemonSet',
        status: { desiredNumberScheduled: 5, updatedNumberScheduled: 5, numberAvailable: 5 },
      }),
    },
    {
      what: 'an Argo Rollout that is healthy',
      found: buildWorkload({
        kind: 'Rollout',
        status: { observedGeneration: '2', phase: 'Healthy' },
      }),
    },
  ])('is ready: $what', ({ found }) => {
    expect(readProgress(found)).toEqual({ state: 'ready' });
  });

  it.each([
    {
      found: buildWorkload({ status: { ...done, observedGeneration: 1 } }),
      reason: 'the controller has yet to see the change',
    },
    {
      found: buildWorkload({ status: { ...done, updatedReplicas: 1 } }),
      reason: '1 of 3 new pods have been created',
    },
    {
      found: buildWorkload({ status: { ...done, replicas: 4 } }),
      reason: '1 old pods have yet to end',
    },
    {
      found: buildWorkload({ status: { ...done, availableReplicas: 2 } }),
      reason: '2 of 3 new pods are available',
    },
    {
      found: buildWorkload({
        kind: 'StatefulSet',
        status: {
          updatedReplicas: 1,
          readyReplicas: 3,
          currentRevision: 'web-1',
          updateRevision: 'web-2',
        },
      }),
      reason: '1 of 3 pods are updated',
    },
    {
      found: buildWorkload({
        kind: 'StatefulSet',
        status: { ...done, ...revisions, readyReplicas: 2 },
      }),
      reason: '2 of 3 pods are ready',
    },
    {
      found: buildWorkload({
        kind: 'StatefulSet',
        status: { ...done, currentRevision: 'web-1', updateRevision: 'web-2' },
      }),
      reason: 'the last pods are being taken over',
    },
    {
      found: buildWorkload({
        kind: 'DaemonSet',
        status: { desiredNumberScheduled: 5, updatedNumberScheduled: 2, numberAvailable: 5 },
      }),
      reason: '2 of 5 pods are updated',
    },
    {
      found: buildWorkload({
        kind: 'DaemonSet',
        status: { desiredNumberScheduled: 5, updatedNumberScheduled: 5, numberAvailable: 4 },
      }),
      reason: '4 of 5 pods are available',
    },
    {
      found: buildWorkload({
        kind: 'Rollout',
        status: { phase: 'Paused', message: 'CanaryPauseStep' },
      }),
      reason: 'CanaryPauseStep',
    },
  ])('is waited for: $reason ($found.kind)', ({ found, reason }) => {
    expect(readProgress(found)).toEqual({ state: 'waiting', reason });
  });

  it.each([
    {
      found: buildWorkload({
        status: {
          ...done,
          conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }],
        },
      }),
      reason: 'its progress deadline is exceeded',
    },
    {
      found: buildWorkload({ kind: 'Rollout', status: { phase: 'Degraded' } }),
      reason: 'it is degraded',
    },
  ])('has failed: $reason', ({ found, reason }) => {
    expect(readProgress(found)).toEqual({ state: 'failed', reason });
  });
});
