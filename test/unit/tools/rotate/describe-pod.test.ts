import { describe, expect, it } from 'vitest';
import type { LocatedWorkload } from '../../../../src/kubernetes/owner.ts';
import {
  describePod,
  isBeingCreated,
  type PodStatus,
} from '../../../../src/tools/rotate/describe-pod.ts';
import { withoutStaleDeadline } from '../../../../src/tools/rotate/stale.ts';

const waiting = (reason: string, message?: string): object => ({ waiting: { reason, message } });

describe('why a pod is not ready', () => {
  it.each<{ what: string; status: PodStatus; said: string[] }>([
    {
      what: 'a container that ends again and again',
      status: {
        containerStatuses: [
          { name: 'fine', ready: true, state: { running: {} } },
          {
            name: 'app',
            state: waiting('CrashLoopBackOff', 'back-off 10s'),
            lastState: { terminated: { exitCode: 3, reason: 'Error' } },
          },
        ],
      },
      said: ['container app: CrashLoopBackOff; its last run ended with exit code 3'],
    },
    {
      what: 'a container that was killed',
      status: {
        containerStatuses: [
          { name: 'app', state: { terminated: { exitCode: 137, reason: 'OOMKilled' } } },
        ],
      },
      said: ['container app: ended with exit code 137 (OOMKilled)'],
    },
    {
      what: 'a container that has just been started again',
      status: {
        containerStatuses: [
          {
            name: 'app',
            state: { running: {} },
            lastState: { terminated: { exitCode: 3, reason: 'Error' } },
          },
        ],
      },
      said: ['container app: it runs, and is not ready; its last run ended with exit code 3'],
    },
    {
      what: 'a key that is missing',
      status: {
        containerStatuses: [
          { name: 'app', state: waiting('CreateContainerConfigError', 'no key a in ConfigMap b') },
        ],
      },
      said: ['container app: CreateContainerConfigError: no key a in ConfigMap b'],
    },
    {
      what: 'a probe that fails',
      status: { containerStatuses: [{ name: 'app', ready: false, state: { running: {} } }] },
      said: ['container app: it runs, and is not ready'],
    },
    {
      what: 'an init container, and not those that wait for it',
      status: {
        initContainerStatuses: [
          { name: 'init', state: waiting('ImagePullBackOff', 'Back-off pulling image "x"') },
        ],
        containerStatuses: [{ name: 'app', state: waiting('PodInitializing') }],
      },
      said: ['container init: ImagePullBackOff: Back-off pulling image "x"'],
    },
    {
      what: 'no node for it',
      status: {
        conditions: [
          { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: '0/1 nodes' },
        ],
      },
      said: ['cannot be scheduled: 0/1 nodes'],
    },
    {
      what: 'a volume, of which the status does not tell',
      status: { containerStatuses: [{ name: 'app', state: waiting('ContainerCreating') }] },
      said: [],
    },
    { what: 'nothing known yet', status: {}, said: [] },
  ])('is told: $what', ({ status, said }) => {
    expect(describePod({ status } as Parameters<typeof describePod>[0])).toEqual(said);
  });

  it('is left to the events where its containers wait to be created', () => {
    const containerStatuses = [{ name: 'app', state: waiting('ContainerCreating') }];
    expect(isBeingCreated({ status: { containerStatuses } } as never)).toBe(true);
    expect(isBeingCreated({ status: {} } as never)).toBe(false);
  });
});

function found(reason: string, lastUpdateTime: string): LocatedWorkload {
  const status = { conditions: [{ type: 'Progressing', reason, lastUpdateTime }] };
  return { workload: { status } } as unknown as LocatedWorkload;
}

describe('a progress deadline that was exceeded', () => {
  const before = found('ProgressDeadlineExceeded', '10:00');

  it('before the change says nothing about the new rollout', () => {
    const { workload } = withoutStaleDeadline(found('ProgressDeadlineExceeded', '10:00'), before);
    expect(workload.status).toEqual({ conditions: [] });
  });

  it.each([found('ProgressDeadlineExceeded', '10:05'), found('NewReplicaSetAvailable', '10:05')])(
    'after it does (%#)',
    (now) => {
      expect(withoutStaleDeadline(now, before)).toBe(now);
      expect(withoutStaleDeadline(now, found('NewReplicaSetAvailable', '10:00'))).toBe(now);
    },
  );
});
