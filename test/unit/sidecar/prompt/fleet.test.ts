import { describe, expect, it } from 'vitest';
import { createEventBus } from '../../../../src/sidecar/events.ts';
import type { KubeClient } from '../../../../src/kubernetes/client.ts';
import { describeRequest, type KubeRequest } from '../../../../src/kubernetes/request.ts';
import type { Pod } from '../../../../src/kubernetes/types.ts';
import { createSplay } from '../../../../src/sidecar/prompt/fleet.ts';
import { promptSplayMs } from '../../../../src/sidecar/prompt/splay.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { buildProblem } from '../../../support/problem-builder.ts';

/** Half of the splay falls to this pod. */
const POD = 'app-0';
const OWNER = { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'app', uid: 's1' };

type Answer = object | Error;

function setUp(
  answers: Answer[],
  { owner = OWNER, splay = 'auto' }: { owner?: object | null; splay?: 'auto' | number } = {},
) {
  const clock = createManualClock();
  const events = createEventBus();
  const idle: number[] = [];
  const told: string[] = [];
  const asked: string[] = [];
  events.on('prompt-idle', ({ replicas }) => idle.push(replicas));
  const client: Pick<KubeClient, 'request'> = {
    request: async <Result>(request: KubeRequest) => {
      asked.push(describeRequest(request));
      const answer = answers.shift() ?? new Error('asked once too often');
      if (answer instanceof Error) throw answer;
      return answer as Result;
    },
  };
  const pod = {
    metadata: {
      name: POD,
      namespace: 'web',
      uid: 'p1',
      resourceVersion: '1',
      ownerReferences: owner ? [{ ...owner, controller: true }] : [],
    },
    spec: { containers: [] },
  } as unknown as Pod;
  const splayMs = createSplay({
    own: { client: client as KubeClient, namespace: 'web', pod },
    splay,
    podName: 'app-1',
    clock,
    random: () => 1,
    events,
    notice: (part, problem) => told.push(`${part} ${problem?.kind ?? 'works'}`),
  });
  const signal = new AbortController().signal;
  return { clock, idle, told, asked, splayMs: async () => await splayMs(signal) };
}

const statefulSet = (replicas: number): object => ({ metadata: { uid: 's1' }, spec: { replicas } });

/** The part of the splay that falls to the pod with the ordinal 1: the golden ratio's. */
const PART = 0.618_034;

const thousand = PART * (promptSplayMs(1000) ?? 0);

describe('the delay of this pod', () => {
  it('is its part of a fixed splay, and nobody is asked', async () => {
    const { splayMs, asked } = setUp([], { splay: 10_000 });
    expect(await splayMs()).toBeCloseTo(PART * 10_000, -1);
    expect(asked).toEqual([]);
  });

  it('is its part of the splay for so many replicas; their number is read again after ten minutes', async () => {
    const { splayMs, asked, clock } = setUp([statefulSet(2000), statefulSet(10)]);
    const part = PART * (promptSplayMs(2000) ?? 0);
    expect(await splayMs()).toBeCloseTo(part, -2);
    await clock.advance(599_999);
    await splayMs();
    expect(asked).toEqual(['get statefulsets.apps app in namespace web']);
    await clock.advance(1);
    // This change does not wait for it, and the replicas do not all ask at once.
    expect(await splayMs()).toBeCloseTo(part, -2);
    await clock.advance(59_999);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    expect(await splayMs()).toBe(0);
  });

  it('is none for a pod of its own', async () => {
    const { splayMs, asked } = setUp([], { owner: null });
    expect(await splayMs()).toBe(0);
    expect(asked).toEqual([]);
  });

  it('counts the nodes of a DaemonSet', async () => {
    const owner = { ...OWNER, kind: 'DaemonSet' };
    const daemonSet = {
      metadata: { uid: 's1' },
      spec: {},
      status: { desiredNumberScheduled: 2000 },
    };
    const { splayMs } = setUp([daemonSet], { owner });
    expect(await splayMs()).toBeCloseTo(PART * (promptSplayMs(2000) ?? 0), -2);
  });

  it('is forever where there are too many, which is told once until they are fewer', async () => {
    const { splayMs, idle, clock } = setUp([9000, 9001, 10, 9002].map(statefulSet));
    for (let count = 1; count <= 5; count += 1) {
      await splayMs();
      await splayMs();
      await clock.advance(660_000);
    }
    expect(idle).toEqual([9000, 9002]);
  });

  it('is that of a thousand where the owner may not be read, which is told and asked again', async () => {
    const { splayMs, told, asked, clock } = setUp([buildProblem('forbidden'), statefulSet(10)]);
    expect(await splayMs()).toBeCloseTo(thousand, -1);
    await clock.advance(29_999);
    expect(await splayMs()).toBeCloseTo(thousand, -1);
    expect(asked).toHaveLength(1);
    await clock.advance(1);
    await splayMs();
    await clock.advance(60_000);
    expect(await splayMs()).toBe(0);
    expect(told).toEqual(['replicas forbidden', 'replicas works']);
  });

  it.each([
    ['of a kind that has no replicas', { ...OWNER, apiVersion: 'batch/v1', kind: 'Job' }],
    ['that was deleted, and whose name is in use again', { ...OWNER, uid: 'other' }],
  ])('is that of a thousand for an owner %s, and nothing is told', async (_, owner) => {
    const { splayMs, told } = setUp([statefulSet(3)], { owner });
    expect(await splayMs()).toBeCloseTo(thousand, -1);
    expect(told).toEqual([]);
  });
});
