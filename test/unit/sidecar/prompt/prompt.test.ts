import { describe, expect, it } from 'vitest';
import { createEventBus, type EventBus } from '../../../../src/sidecar/events.ts';
import type { OpenOwnPod } from '../../../../src/kubernetes/own-pod.ts';
import type { Pod } from '../../../../src/kubernetes/types.ts';
import { runPrompt } from '../../../../src/sidecar/prompt/prompt.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildProblem } from '../../../support/problem-builder.ts';
import { createScriptedClient, type ScriptedClient } from '../../../support/scripted-client.ts';

type Scene = ScriptedClient & {
  clock: ManualClock;
  events: EventBus;
  started: string[][];
  told: string[];
  stop: AbortController;
  ended: Promise<void>;
};

const volumes = [
  { name: 'a', configMap: { name: 'app' } },
  { name: 'b', secret: { secretName: 'tls' } },
];
const mounts = ['a', 'b'].map((name) => ({ name, mountPath: `/etc/${name}` }));

/** @param failures What opening the own pod fails with at first. */
function setUp(...failures: Error[]): Scene {
  const scripted = createScriptedClient();
  const clock = createManualClock();
  const events = createEventBus();
  const started: string[][] = [];
  const told: string[] = [];
  events.on('prompt-started', ({ objects }) => started.push([...objects]));
  events.on('api-problem', ({ reason }) => told.push(reason));
  events.on('api-recovered', () => told.push('works'));
  const stop = new AbortController();
  const pod = {
    metadata: { name: 'pod', namespace: 'web', uid: 'p1', resourceVersion: '1' },
    spec: { containers: [{ name: 'rehup', volumeMounts: mounts }], volumes },
  } as Pod;
  const openOwnPod: OpenOwnPod = async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return { client: scripted.client, namespace: 'web', pod };
  };
  const ended = runPrompt(
    {
      openOwnPod,
      mounts: [{ path: '/etc/a' }, { path: '/etc/b' }],
      splay: 'auto',
      podName: 'pod',
      clock,
      random: () => 1,
      events,
    },
    stop.signal,
  );
  return { ...scripted, clock, events, started, told, stop, ended };
}

describe('prompt sync', () => {
  it('watches each object behind the mounts, and ends with its signal', async () => {
    const { streams, clock, events, started, stop, ended } = setUp();
    await clock.advance(0);
    for (const stream of streams) {
      expect(started).toEqual([]);
      stream.open();
    }
    expect(started).toEqual([['ConfigMap/app', 'Secret/tls']]);
    expect(streams.map(({ request }) => request.query?.['fieldSelector'])).toEqual([
      'metadata.name=app',
      'metadata.name=tls',
    ]);
    expect(events.listenerCount('turn-ended')).toBe(1);
    stop.abort();
    await ended;
    expect(streams.every((stream) => stream.isLeft())).toBe(true);
    expect(events.listenerCount('turn-ended')).toBe(0);
    await clock.advance(0);
    expect(clock.sleeping()).toBe(0);
  });

  it('says what it watches once it is known of each object, those that may not be aside', async () => {
    const { streams, clock, started, told, stop, ended } = setUp();
    await clock.advance(0);
    streams[0]?.fail(buildProblem('unreachable'));
    await clock.advance(0);
    streams[1]?.fail(buildProblem('forbidden'));
    await clock.advance(500);
    expect(started).toEqual([]);
    streams[2]?.open();
    expect(started).toEqual([['ConfigMap/app']]);
    expect(told).toEqual(['forbidden, of the test']);
    streams[2]?.end();
    await clock.advance(1000);
    streams.at(-1)?.open();
    expect(started).toHaveLength(1);
    stop.abort();
    await ended;
  });

  it('waits for the API as long as it takes, and tells that it works', async () => {
    const { streams, clock, told, stop, ended } = setUp(
      buildProblem('no-access'),
      buildProblem('unreachable'),
    );
    await clock.advance(10_000);
    expect(streams).toEqual([]);
    await clock.advance(10_000);
    expect(streams).toHaveLength(2);
    expect(told).toEqual(['no-access, of the test', 'unreachable, of the test', 'works']);
    stop.abort();
    await ended;
  });

  it('ends while it waits for the API', async () => {
    const { clock, stop, ended } = setUp(buildProblem('no-access'));
    await clock.advance(1);
    stop.abort();
    await ended;
    expect(clock.sleeping()).toBe(0);
  });

  it('ends as a whole where one part fails for a reason that is not the API', async () => {
    const { streams, clock, events, ended } = setUp();
    await clock.advance(0);
    // Stands for a bug: nothing that JSON can hold ends it.
    const broken = {
      get metadata(): never {
        throw new TypeError('a bug');
      },
    };
    streams[0]?.send({ type: 'ADDED', object: broken });
    await expect(ended).rejects.toThrow(TypeError);
    await clock.advance(0);
    expect(streams.every((stream) => stream.isLeft())).toBe(true);
    expect(events.listenerCount('turn-ended')).toBe(0);
    expect(clock.sleeping()).toBe(0);
  });
});
