import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { CannotLook } from '../../../../src/sidecar/target/cannot-look.ts';
import { prove, type ProveParts } from '../../../../src/sidecar/verify/prove.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildProcess } from '../../../support/process-builder.ts';

const { SIGHUP, SIGUSR1 } = constants.signals;
const spec = { pid: 7, comm: 'app', container: 'app' };
const target = buildProcess(spec);
const waiting = buildProcess({ ...spec, pending: ['SIGHUP'] });
const old = { reason: 'still old', remedy: 'wait' };

type Scene = {
  clock: ManualClock;
  prove: (targets?: readonly (typeof target)[], sent?: number) => Promise<Failure | undefined>;
  stop: AbortController;
};

/** Times in milliseconds after the reload. */
function createScene({
  diesAt = Infinity,
  takesAt = 0,
  blindUntil = 0,
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
    timeoutMs: 10_000,
    table: {
      list: () => [],
      read: () => (after() >= takesAt ? target : waiting),
      stat: () => {
        if (after() < blindUntil) throw new CannotLook('EMFILE');
        return after() >= diesAt ? undefined : target;
      },
    },
    look:
      seenAt === undefined
        ? undefined
        : (hash) => () => Promise.resolve(hash === 'c0ffee' && after() >= seenAt ? undefined : old),
  };
  return {
    clock,
    stop,
    prove: async (targets = [target], sent = SIGHUP) =>
      await prove(parts, { targets, hash: 'c0ffee', sent }, stop.signal),
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
    ['it dies at the end of that time', { diesAt: 990 }, 'target-died'],
    ['nobody can be looked at for a while', { blindUntil: 400 }, undefined],
    ['it dies while nobody can be looked at', { blindUntil: 400, diesAt: 200 }, 'target-died'],
    ['it dies after that', { diesAt: 1500 }, undefined],
    ['the content is seen and it lives on', { seenAt: 600 }, undefined],
    ['the content is seen and it dies then', { seenAt: 0, diesAt: 800 }, 'target-died'],
    ['the content is never seen', { seenAt: Infinity }, 'unverified'],
    ['it dies while the content is waited for', { seenAt: Infinity, diesAt: 9000 }, 'target-died'],
    ['survival is off', { surviveMs: 0, diesAt: 0, seenAt: 0 }, undefined],
    ['it takes the signal late', { takesAt: 9000 }, undefined],
    ['it takes the signal late, and dies of it', { takesAt: 9000, diesAt: 9500 }, 'target-died'],
    ['it never takes the signal', { takesAt: Infinity }, 'unverified'],
    [
      'it never takes the signal, and survival is off',
      { takesAt: Infinity, surviveMs: 0 },
      'unverified',
    ],
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

  it('tells who has not taken the signal, and why that may be', async () => {
    const scene = createScene({ takesAt: Infinity });
    const result = scene.prove();
    await scene.clock.advance(10_000);
    expect((await result)?.reason).toBe(
      'app/app (7) has not taken the signal within 10000 ms: it is stopped, or blocks it',
    );
    expect(scene.clock.sleeping()).toBe(0);
  });

  it('is about the signal that was sent, and no other one', async () => {
    const scene = createScene({ takesAt: Infinity });
    const result = scene.prove([target], SIGUSR1);
    await scene.clock.advance(1000);
    expect(await result).toBeUndefined();
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
