import { describe, expect, it } from 'vitest';
import { createEventBus, type KubeletLag } from '../../../../src/sidecar/events.ts';
import { createSyncer, type Syncer } from '../../../../src/sidecar/prompt/syncer.ts';
import { createKubeletVolume, type KubeletVolume } from '../../../support/kubelet-volume.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildProblem } from '../../../support/problem-builder.ts';

type Scene = AsyncDisposable & {
  clock: ManualClock;
  syncer: Syncer;
  volumes: KubeletVolume[];
  /** When each patch was sent, since the start. */
  patches: number[];
  values: string[];
  /** What the next patches fail with. */
  failures: Error[];
  asked: string[][];
  lags: KubeletLag[];
  problems: string[];
  stop: AbortController;
  ended: Promise<void>;
  move: (name: string, version: string, ...volumes: number[]) => Promise<void>;
  /** The kubelet swaps the volume, and rehup's own loop sees it. */
  swap: (text: string, volume?: number) => Promise<void>;
  /** What the splay is, from now on. */
  setSplay: (ms: number | undefined) => void;
};

async function setUp(volumeCount = 1): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const volumes: KubeletVolume[] = [];
  for (let count = 0; count < volumeCount; count += 1) {
    const volume = stack.use(await createKubeletVolume());
    await volume.write({ conf: 'one' });
    volumes.push(volume);
  }
  const clock = createManualClock({ elapsed: 0 });
  const events = createEventBus();
  const asked: string[][] = [];
  const lags: KubeletLag[] = [];
  const problems: string[] = [];
  const patches: number[] = [];
  const values: string[] = [];
  const failures: Error[] = [];
  let splay: number | undefined = 0;
  events.on('sync-asked', ({ objects }) => asked.push([...objects]));
  events.on('kubelet-lag', (lag) => lags.push(lag));
  const syncer = createSyncer({
    patch: async (value) => {
      patches.push(clock.elapsed());
      values.push(value);
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
    },
    splayMs: async () => splay,
    clock,
    random: () => 1,
    events,
    notice: (part, problem) => problems.push(`${part} ${problem?.kind ?? 'works'}`),
  });
  const stop = new AbortController();
  const ended = syncer.run(stop.signal);
  stack.defer(async () => {
    stop.abort();
    await ended.catch(() => {});
  });
  const owned = stack.move();
  const scene: Scene = {
    clock,
    syncer,
    volumes,
    patches,
    values,
    failures,
    asked,
    lags,
    problems,
    stop,
    ended,
    move: async (name, version, ...at) => {
      for (const index of at.length === 0 ? [0] : at) {
        syncer.expect({
          mount: { path: volumes[index]?.root ?? '' },
          source: { kind: 'ConfigMap', name },
          resourceVersion: version,
          movedAtMs: clock.now(),
        });
      }
      await clock.advance(0);
    },
    swap: async (text, index = 0) => {
      await volumes[index]?.write({ conf: text });
      syncer.look();
      await clock.advance(0);
    },
    setSplay: (ms) => {
      splay = ms;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
  return scene;
}

const MINUTES = 200_000;

describe('the syncer', () => {
  it('patches once for a change whose content arrives, and tells its lag', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    await scene.clock.advance(400);
    await scene.swap('two');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100]);
    expect(scene.values[0]).toMatch(/^7 at \d{4}-/);
    expect(scene.asked).toEqual([['ConfigMap/app']]);
    expect(scene.lags.map(({ pending }) => pending)).toEqual([true, false]);
    expect(scene.lags[1]).toMatchObject({ object: 'ConfigMap/app', resourceVersion: '7' });
    expect(scene.lags[1]?.lagMs).toBeGreaterThanOrEqual(0);
    expect(scene.problems).toEqual(['patch works']);
  });

  it('patches again if nothing follows in three seconds, three times at most', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100, 3100, 6100]);
    expect(new Set(scene.values).size).toBe(3);
    // The kubelet has had its time: the change was one of metadata alone.
    expect(scene.lags.at(-1)).toMatchObject({ pending: false });
    expect(scene.lags.at(-1)).not.toHaveProperty('lagMs');
    expect(scene.clock.sleeping()).toBe(1);
  });

  it('stops to patch when the content arrives after the second one', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    await scene.clock.advance(3500);
    await scene.swap('two');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100, 3100]);
  });

  it('looks by itself before it patches again', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    await scene.clock.advance(400);
    await scene.volumes[0]?.write({ conf: 'two' });
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100]);
  });

  it('patches once for all that moves together', async () => {
    await using scene = await setUp(3);
    await scene.move('a', '7', 0);
    await scene.clock.advance(60);
    await scene.move('b', '8', 1, 2);
    await scene.clock.advance(60);
    await scene.move('c', '9', 2);
    await scene.clock.advance(400);
    for (const index of [0, 1, 2]) await scene.swap('two', index);
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([220]);
    expect(scene.asked).toEqual([['ConfigMap/a', 'ConfigMap/b', 'ConfigMap/c']]);
    expect(scene.values[0]).toMatch(/^7 and 2 more at /);
  });

  it('leaves a second between two patches', async () => {
    await using scene = await setUp(2);
    await scene.move('a', '7', 0);
    await scene.clock.advance(300);
    await scene.swap('two', 0);
    await scene.move('b', '8', 1);
    await scene.clock.advance(2000);
    await scene.swap('two', 1);
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100, 1100]);
  });

  it('asks for the later of two changes, also where the earlier one arrives in between', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    await scene.clock.advance(300);
    await scene.move('app', '8');
    await scene.swap('two');
    await scene.clock.advance(1000);
    await scene.swap('three');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100, 1100]);
    expect(scene.values[1]).toMatch(/^8 at /);
    expect(scene.lags.at(-1)).toMatchObject({ resourceVersion: '8', pending: false });
  });

  it('asks at most twice more where both changes arrived in one swap', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    await scene.clock.advance(300);
    await scene.move('app', '8');
    await scene.swap('three');
    await scene.clock.advance(10_000);
    expect(scene.patches).toEqual([100, 1100, 4100]);
    expect(scene.lags.at(-1)).toMatchObject({ resourceVersion: '8', pending: false });
  });

  it('keeps up with changes ten times a second, with a patch a second', async () => {
    await using scene = await setUp();
    for (let version = 1; version <= 100; version += 1) {
      await scene.move('app', String(version));
      await scene.clock.advance(100);
    }
    expect(scene.patches.length).toBeGreaterThan(5);
    expect(scene.patches.length).toBeLessThanOrEqual(11);
  });

  it('waits for its splay, and does not ask for what arrives meanwhile', async () => {
    await using scene = await setUp(2);
    scene.setSplay(20_000);
    await scene.move('a', '7', 0);
    await scene.move('b', '8', 1);
    await scene.clock.advance(10_000);
    await scene.swap('two', 0);
    await scene.clock.advance(10_200);
    expect(scene.patches).toEqual([20_100]);
    expect(scene.asked).toEqual([['ConfigMap/b']]);
  });

  it('asks for nothing in a large fleet, and tells the lag all the same', async () => {
    await using scene = await setUp();
    scene.setSplay(undefined);
    await scene.move('app', '7');
    await scene.clock.advance(60_000);
    await scene.swap('two');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([]);
    expect(scene.lags.map(({ pending }) => pending)).toEqual([true, false]);
  });

  it('tries a patch again that failed, after the pause that the server asks for', async () => {
    await using scene = await setUp();
    scene.failures.push(
      buildProblem('throttled', { retryAfterMs: 5000 }),
      buildProblem('unreachable'),
    );
    await scene.move('app', '7');
    await scene.clock.advance(1000);
    // Another change is no reason to hurry.
    await scene.move('app', '8');
    await scene.clock.advance(7000);
    await scene.swap('two');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100, 5600, 6600]);
    expect(scene.problems).toEqual(['patch throttled', 'patch unreachable', 'patch works']);
  });

  it('gives up on what may not be patched when the kubelet has been there by itself', async () => {
    await using scene = await setUp();
    scene.failures.push(...Array.from({ length: 20 }, () => buildProblem('forbidden')));
    await scene.move('app', '7');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100, 10_100, 30_100, 70_100]);
    expect(scene.clock.sleeping()).toBe(1);
  });

  it('is not woken by what happens while nothing is awaited', async () => {
    await using scene = await setUp();
    await scene.swap('two');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([]);
    expect(scene.lags).toEqual([]);
  });

  it('waits for a mount that cannot be read until it can', async () => {
    await using scene = await setUp();
    const [volume] = scene.volumes;
    volume?.tearDown();
    await scene.move('app', '7');
    await scene.clock.advance(400);
    volume?.setUpAnew();
    await scene.swap('two');
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toEqual([100]);
  });

  it('ends when asked to, and hands on what is no problem of the API', async () => {
    await using scene = await setUp();
    await scene.move('app', '7');
    scene.stop.abort();
    await scene.ended;
    expect(scene.clock.sleeping()).toBe(0);
    await using other = await setUp();
    other.failures.push(new TypeError('bug'));
    await other.move('app', '7');
    const [ended] = await Promise.allSettled([other.ended, other.clock.advance(100)]);
    expect(ended).toMatchObject({ status: 'rejected', reason: { message: 'bug' } });
  });

  it('holds on to nothing over a thousand updates', async () => {
    await using scene = await setUp();
    for (let version = 1; version <= 1000; version += 1) {
      await scene.move('app', String(version));
      await scene.clock.advance(1100);
      await scene.swap(`content ${version}`);
    }
    await scene.clock.advance(MINUTES);
    expect(scene.patches).toHaveLength(1000);
    expect(scene.clock.sleeping()).toBe(1);
  });
});
