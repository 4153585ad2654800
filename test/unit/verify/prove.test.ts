import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/outcome.ts';
import { prove, type ProveParts } from '../../../src/verify/prove.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { buildProcess } from '../../support/process-builder.ts';

const target = buildProcess({ pid: 7, comm: 'app', container: 'app' });
const old = { reason: 'still old', remedy: 'wait' };

type Scene = {
  clock: ManualClock;
  prove: (targets?: readonly (typeof target)[]) => Promise<Failure | undefined>;
  stop: AbortController;
};

/** Times in milliseconds after the reload. */
function createScene({
  diesAt = Infinity,
  seenAt = undefined as number | undefined,
  surviveMs = 1000,
  verifyTimeoutMs = 30_000,
}): Scene {
  const clock = createManualClock();
  const startMs = clock.elapsed();
  const after = (): number => clock.elapsed() - startMs;
  const stop = new AbortController();
  const parts: ProveParts = {
    clock,
    surviveMs,
    verifyTimeoutMs,
    table: {
      list: () => [],
      read: () => undefined,
      stat: () => (after() >= diesAt ? undefined : target),
    },
    look:
      seenAt === undefined
        ? undefined
        : (hash) => () => Promise.resolve(hash === 'c0ffee' && after() >= seenAt ? undefined : old),
  };
  return {
    clock,
    stop,
    prove: async (targets = [target]) =>
      await prove(parts, { targets, hash: 'c0ffee' }, stop.signal),
  };
}

async function outcomeOf(scene: Scene): Promise<string | undefined> {
  const result = scene.prove();
  await scene.clock.advance(120_000);
  return (await result)?.outcome;
}

describe('prove', () => {
  it.each([
    ['nothing but survival is asked for', {}, undefined],
    ['it dies within the time to survive', { diesAt: 500 }, 'target-died'],
    ['it dies after that', { diesAt: 1500 }, undefined],
    ['the content is seen and it lives on', { seenAt: 600 }, undefined],
    ['the content is seen and it dies then', { seenAt: 0, diesAt: 800 }, 'target-died'],
    ['the content is never seen', { seenAt: Infinity }, 'unverified'],
    ['it dies while the content is waited for', { seenAt: Infinity, diesAt: 9000 }, 'target-died'],
    ['survival is off', { surviveMs: 0, diesAt: 0, seenAt: 0 }, undefined],
  ])('when %s', async (_, scene, outcome) => {
    expect(await outcomeOf(createScene(scene))).toBe(outcome);
  });

  it('ends at the death, and looks no more', async () => {
    const scene = createScene({ seenAt: Infinity, diesAt: 9000 });
    const result = scene.prove();
    await scene.clock.advance(9050);
    expect((await result)?.outcome).toBe('target-died');
    expect(scene.clock.sleeping()).toBe(0);
  });

  it('waits for nothing where there is no process to watch', async () => {
    expect(await createScene({}).prove([])).toBeUndefined();
  });

  it('stops when it is told to', async () => {
    const scene = createScene({ seenAt: Infinity });
    const result = scene.prove();
    await scene.clock.advance(100);
    scene.stop.abort();
    await expect(result).rejects.toThrow('aborted');
    expect(scene.clock.sleeping()).toBe(0);
  });
});
