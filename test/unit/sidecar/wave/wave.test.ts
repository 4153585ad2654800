import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createWaveScene, type WaveOptions, type WaveScene } from '../../../support/wave-scene.ts';

const BAD: Failure = { outcome: 'target-died', reason: 'the app died' };
const MINUTE = 60_000;

async function bringAll(options: Partial<WaveOptions>, content = 'new'): Promise<WaveScene> {
  const scene = createWaveScene({ pods: 10, ...options });
  scene.bring(content);
  await scene.clock.advance(1);
  return scene;
}

describe('new content', () => {
  it('is tried by one pod, and then goes to all', async () => {
    await using scene = await bringAll({ attemptMs: 5000 });
    expect(scene.holders('new')).toHaveLength(1);
    await scene.clock.advance(4900);
    expect(scene.holders('new')).toHaveLength(1);
    await scene.clock.advance(10_000);
    expect(scene.holders('new')).toHaveLength(10);
    expect(scene.lease()).toMatchObject({ holder: '', wave: { now: { state: 'good', open: 1 } } });
  });

  it('stops at the first pod where it goes wrong, and says so to all others', async () => {
    await using scene = await bringAll({ effects: { new: BAD } });
    await scene.clock.advance(30 * MINUTE);
    const [first = ''] = scene.holders('new');
    expect(scene.holders('new')).toHaveLength(1);
    for (const pod of scene.pods.filter(({ name }) => name !== first)) {
      const { outcome, reason, remedy } = pod.waitsFor() ?? {};
      expect(outcome).toBe('held');
      expect(reason).toContain(`the pod ${first} took this content first`);
      expect(reason).toContain('target-died: the app died');
      expect(remedy).toContain('ConfigMap/web');
    }
  });

  it('is rejected once by an event about its object and an annotation of the workload', async () => {
    await using scene = await bringAll({ effects: { new: BAD } });
    await scene.clock.advance(30 * MINUTE);
    const written = scene.requests.filter(({ resource }) => resource !== 'leases');
    expect(written.filter(({ resource }) => resource === 'events')).toMatchObject([
      { verb: 'create', body: { regarding: { kind: 'ConfigMap', name: 'web' } } },
    ]);
    expect(written.filter(({ resource }) => resource === 'deployments')).toMatchObject([
      { verb: 'patch', name: 'web' },
    ]);
  });

  it('goes to all once it is corrected, and the rejection is taken back', async () => {
    await using scene = await bringAll({ effects: { new: BAD } });
    await scene.clock.advance(2 * MINUTE);
    scene.bring('corrected');
    await scene.clock.advance(2 * MINUTE);
    expect(scene.holders('corrected')).toHaveLength(10);
    const patches = scene.requests.filter(({ resource }) => resource === 'deployments');
    expect(patches.at(-1)?.body).toEqual({
      metadata: { annotations: { 'rehup.dev/rejected': null } },
    });
  });

  it('that was good before goes to all at once when it comes back', async () => {
    await using scene = await bringAll({ effects: { bad: BAD } }, 'good');
    await scene.clock.advance(MINUTE);
    scene.bring('bad');
    await scene.clock.advance(MINUTE);
    expect(scene.holders('bad')).toHaveLength(1);
    const [first] = scene.pods.filter(({ name }) => scene.holders('bad').includes(name));
    const before = first?.taken.length ?? 0;
    scene.bring('good');
    await scene.clock.advance(2000);
    expect(first?.taken.slice(before)).toMatchObject([{ content: 'good' }]);
  });

  it('that was bad before is held in all pods at once when it comes back', async () => {
    await using scene = await bringAll({ effects: { bad: BAD } }, 'bad');
    await scene.clock.advance(MINUTE);
    scene.bring('good');
    await scene.clock.advance(MINUTE);
    const taken = scene.holders('bad');
    scene.bring('bad');
    await scene.clock.advance(10 * MINUTE);
    expect(scene.holders('bad')).toEqual(taken);
    for (const pod of scene.pods) expect(pod.waitsFor()?.outcome).toBe('held');
  });
});

describe('the pod that tries it', () => {
  it('lets it soak before others get it', async () => {
    await using scene = await bringAll({ soakMs: 5 * MINUTE });
    await scene.clock.advance(5 * MINUTE);
    expect(scene.holders('new')).toHaveLength(1);
    await scene.clock.advance(10_000);
    expect(scene.holders('new')).toHaveLength(10);
  });

  it('rejects what goes wrong while it soaks', async () => {
    await using scene = await bringAll({ soakMs: 5 * MINUTE, later: { new: BAD } });
    await scene.clock.advance(60 * MINUTE);
    expect(scene.holders('new')).toHaveLength(1);
    expect(scene.lease().wave?.now).toMatchObject({ state: 'bad', outcome: 'target-died' });
  });

  it('gives newer content the first turn at once', async () => {
    await using scene = await bringAll({ soakMs: 5 * MINUTE });
    await scene.clock.advance(10_000);
    scene.bring('newer');
    await scene.clock.advance(6 * MINUTE);
    expect(scene.holders('new')).toHaveLength(1);
    expect(scene.holders('newer')).toHaveLength(10);
  });

  it('is followed by another one when it is gone without a word', async () => {
    await using scene = await bringAll({ soakMs: MINUTE });
    scene.pods.find(({ name }) => scene.holders('new').includes(name))?.die();
    await scene.clock.advance(29_000);
    expect(scene.holders('new')).toHaveLength(1);
    await scene.clock.advance(10_000);
    expect(scene.holders('new')).toHaveLength(2);
    await scene.clock.advance(2 * MINUTE);
    expect(scene.holders('new')).toHaveLength(10);
  });

  it('is not followed by a fourth one where three are gone', async () => {
    await using scene = await bringAll({ soakMs: 10 * MINUTE });
    for (let count = 0; count < 3; count += 1) {
      scene.pods
        .findLast(({ name, taken }) => taken.length > 0 && scene.lease().holder === name)
        ?.die();
      await scene.clock.advance(MINUTE);
    }
    await scene.clock.advance(30 * MINUTE);
    expect(scene.holders('new')).toHaveLength(3);
    expect(scene.lease().wave?.now.reason).toContain('none has told what came of it');
  });

  it('hands over when it is asked to stop', async () => {
    await using scene = await bringAll({ soakMs: 10 * MINUTE });
    await scene.pods.find(({ name }) => scene.holders('new').includes(name))?.stop();
    await scene.clock.advance(4000);
    expect(scene.holders('new')).toHaveLength(2);
  });

  it('leaves the turn to others while it cannot act', async () => {
    const scene = createWaveScene({ pods: 3 });
    await using _ = scene;
    scene.pods[0]?.obstruct({ outcome: 'no-target', reason: 'no app runs' });
    scene.pods[0]?.bring('new');
    await scene.clock.advance(1);
    scene.bring('new');
    await scene.clock.advance(20_000);
    expect(scene.holders('new')).toHaveLength(2);
    scene.pods[0]?.obstruct(undefined);
    await scene.clock.advance(10_000);
    expect(scene.holders('new')).toHaveLength(3);
  });

  it('takes its word back when a later attempt succeeds', async () => {
    const effects: Record<string, Failure | undefined> = { new: BAD };
    await using scene = await bringAll({ effects });
    await scene.clock.advance(5000);
    expect(scene.lease().wave?.now.state).toBe('bad');
    effects['new'] = undefined;
    await scene.clock.advance(2 * MINUTE);
    expect(scene.holders('new')).toHaveLength(10);
  });
});

describe('parts of the pods', () => {
  it('get it one after the other', async () => {
    const sizes = [{ percent: 30 }];
    await using scene = await bringAll({ pods: 40, sizes, soakMs: 2 * MINUTE });
    await scene.clock.advance(3 * MINUTE);
    const part = scene.holders('new').length;
    expect(part).toBeGreaterThan(4);
    expect(part).toBeLessThan(24);
    await scene.clock.advance(3 * MINUTE);
    expect(scene.holders('new')).toHaveLength(40);
  });

  it('stop it where it goes wrong in one of them', async () => {
    const effects: Record<string, Failure | undefined> = {};
    const sizes = [{ percent: 30 }];
    await using scene = await bringAll({ pods: 40, sizes, effects, soakMs: MINUTE });
    await scene.clock.advance(30_000);
    effects['new'] = BAD;
    await scene.clock.advance(60 * MINUTE);
    expect(scene.lease().wave?.now.state).toBe('bad');
    expect(scene.holders('new').length).toBeLessThan(24);
  });
});

describe('an API server that does not answer', () => {
  it('holds everything up, and what was begun is finished when it is back', async () => {
    await using scene = await bringAll({ soakMs: MINUTE });
    scene.setAway(true);
    await scene.clock.advance(3 * MINUTE);
    expect(scene.holders('new')).toHaveLength(1);
    scene.setAway(false);
    await scene.clock.advance(MINUTE);
    expect(scene.holders('new')).toHaveLength(10);
    expect(scene.news.map(({ stage }) => stage)).toEqual(['first', 'good']);
  });

  it('does not let bad content through to others', async () => {
    await using scene = await bringAll({ effects: { new: BAD }, attemptMs: 5000 });
    scene.setAway(true);
    await scene.clock.advance(3 * MINUTE);
    scene.setAway(false);
    await scene.clock.advance(30 * MINUTE);
    expect(scene.holders('new')).toHaveLength(1);
  });

  it('is done without after a while, and that is told', async () => {
    const scene = createWaveScene({ pods: 3, patienceMs: MINUTE });
    await using _ = scene;
    scene.setAway(true);
    scene.bring('new');
    await scene.clock.advance(55_000);
    expect(scene.holders('new')).toHaveLength(0);
    expect(scene.pods[0]?.waitsFor()?.reason).toContain('after 60 s of that it goes on without');
    await scene.clock.advance(10_000);
    expect(scene.holders('new')).toHaveLength(3);
    expect(scene.news.filter(({ stage }) => stage === 'unasked')).toHaveLength(3);
  });

  it('is waited for without end where that is wanted', async () => {
    const scene = createWaveScene({ pods: 3, patienceMs: Number.POSITIVE_INFINITY });
    await using _ = scene;
    scene.setAway(true);
    scene.bring('new');
    await scene.clock.advance(60 * MINUTE);
    expect(scene.holders('new')).toHaveLength(0);
    scene.setAway(false);
    await scene.clock.advance(2 * MINUTE);
    expect(scene.holders('new')).toHaveLength(3);
  });
});

it('says once that the annotation is not allowed, and goes on', async () => {
  const scene = createWaveScene({ pods: 5, effects: { new: BAD } });
  await using _ = scene;
  scene.forbid('deployments', 'patch');
  scene.bring('new');
  await scene.clock.advance(10 * MINUTE);
  expect(scene.problems).toHaveLength(1);
  expect(scene.holders('new')).toHaveLength(1);
  expect(scene.requests.filter(({ resource }) => resource === 'events')).toHaveLength(1);
});
