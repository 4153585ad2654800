import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Burst, createSettler, type Settler } from '../../src/sidecar/settle.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';

const limits = { quietMs: 200, maxMs: 5000, splayMs: 0 };

type Taken = { atMs: number; burst: Burst };

/** Takes burst after burst, as the loop does, and notes when they came. */
function takeBursts(settler: Settler, clock: ManualClock, signal: AbortSignal): Taken[] {
  const taken: Taken[] = [];
  const take = async (): Promise<never> => {
    for (;;) {
      const burst = await settler.next(signal);
      taken.push({ atMs: clock.elapsed(), burst });
    }
  };
  take().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
  return taken;
}

function setUp(settle = limits): {
  clock: ManualClock;
  settler: Settler;
  stop: AbortController;
  taken: Taken[];
} {
  const clock = createManualClock({ elapsed: 0 });
  const settler = createSettler(clock, settle);
  const stop = new AbortController();
  return { clock, settler, stop, taken: takeBursts(settler, clock, stop.signal) };
}

describe('a settler', () => {
  it('makes one burst of the hints of one update, after the quiet time', async () => {
    const { clock, settler, taken } = setUp();
    settler.hint({ source: 'inotify', mount: '/etc/app' });
    await clock.advance(199);
    settler.hint({ source: 'poll', mount: '/etc/tls' });
    await clock.advance(199);
    expect(taken).toEqual([]);
    await clock.advance(1);
    const burst = { sources: new Set(['inotify', 'poll']), force: false, sinceMs: 0 };
    expect(taken).toEqual([{ atMs: 399, burst }]);
  });

  it('ends the wait at once when the update has ended', async () => {
    const { clock, settler, taken } = setUp();
    settler.hint({ source: 'inotify' });
    await clock.advance(3);
    settler.hint({ source: 'inotify', complete: true });
    await clock.advance(0);
    expect(taken.map(({ atMs }) => atMs)).toEqual([3]);
  });

  it('is not held off by hints without end', async () => {
    const { clock, settler, taken } = setUp();
    for (let elapsedMs = 0; elapsedMs < 10_500; elapsedMs += 100) {
      settler.hint({ source: 'inotify' });
      await clock.advance(100);
    }
    expect(taken.map(({ atMs }) => atMs)).toEqual([5000, 10_000]);
  });

  it('keeps hints that arrive while nobody waits', async () => {
    const clock = createManualClock();
    const settler = createSettler(clock, limits);
    settler.hint({ source: 'inotify' });
    settler.hint({ source: 'signal', complete: true, force: true });
    await clock.advance(60_000);
    const burst = await settler.next(new AbortController().signal);
    expect(burst).toMatchObject({ sources: new Set(['inotify', 'signal']), force: true });
  });

  it('forgets the hints of a burst once it is taken', async () => {
    const { clock, settler, taken } = setUp();
    settler.hint({ source: 'signal', complete: true, force: true });
    await clock.advance(10);
    settler.hint({ source: 'poll', complete: true });
    await clock.advance(10);
    expect(taken.map(({ burst }) => burst)).toEqual([
      { sources: new Set(['signal']), force: true, sinceMs: 0 },
      { sources: new Set(['poll']), force: false, sinceMs: 10 },
    ]);
  });

  it('holds a burst until the last reload allows it, and never for less than was asked', async () => {
    const { clock, settler, taken } = setUp();
    settler.holdUntil(30_000);
    settler.holdUntil(10_000);
    settler.hint({ source: 'inotify', complete: true });
    await clock.advance(29_999);
    expect(taken).toEqual([]);
    await clock.advance(1);
    expect(taken.map(({ atMs }) => atMs)).toEqual([30_000]);
  });

  it('adds the splay to each wait', async () => {
    const { clock, settler, taken } = setUp({ ...limits, splayMs: 70 });
    settler.hint({ source: 'inotify' });
    await clock.advance(300);
    settler.hint({ source: 'inotify', complete: true });
    await clock.advance(300);
    expect(taken.map(({ atMs }) => atMs)).toEqual([270, 370]);
  });

  it('is not held off by complete updates that follow each other within the splay', async () => {
    const { clock, settler, taken } = setUp({ ...limits, splayMs: 60_000 });
    for (let elapsedMs = 0; elapsedMs < 130_000; elapsedMs += 30_000) {
      settler.hint({ source: 'inotify', complete: true });
      await clock.advance(30_000);
    }
    expect(taken.map(({ atMs }) => atMs)).toEqual([65_000]);
    await clock.advance(5000);
    expect(taken.map(({ atMs }) => atMs)).toEqual([65_000, 155_000]);
  });

  it('rejects with the reason when it is stopped, and leaves no timer behind', async () => {
    const clock = createManualClock();
    const settler = createSettler(clock, limits);
    const stop = new AbortController();
    const next = settler.next(stop.signal);
    settler.hint({ source: 'inotify' });
    await clock.advance(100);
    stop.abort(new Error('stopped by the test'));
    await expect(next).rejects.toThrow('stopped by the test');
    expect(clock.sleeping()).toBe(0);
  });

  it('gives the hints of a call that was stopped to the next one', async () => {
    const clock = createManualClock();
    const settler = createSettler(clock, limits);
    const stop = new AbortController();
    const stopped = settler.next(stop.signal);
    settler.hint({ source: 'trigger', force: true });
    stop.abort(new Error('stopped by the test'));
    await expect(stopped).rejects.toThrow('stopped by the test');
    await clock.advance(200);
    const burst = await settler.next(new AbortController().signal);
    expect(burst).toMatchObject({ sources: new Set(['trigger']), force: true });
  });

  it('loses no hint and makes none up, whenever they come', async () => {
    const hints = fc.array(
      fc.record({
        gapMs: fc.oneof(fc.constantFrom(0, 1, 199, 200, 201, 5000), fc.nat(6000)),
        complete: fc.boolean(),
      }),
      { minLength: 1, maxLength: 15 },
    );
    await fc.assert(
      fc.asyncProperty(hints, async (schedule) => {
        const { clock, settler, stop, taken } = setUp();
        const hintedAtMs: number[] = [];
        for (const { gapMs, complete } of schedule) {
          await clock.advance(gapMs);
          hintedAtMs.push(clock.elapsed());
          settler.hint({ source: 'inotify', complete });
        }
        await clock.advance(60_000);
        stop.abort();
        const takenAtMs = taken.map(({ atMs }) => atMs);
        for (const hintAtMs of hintedAtMs) {
          expect(takenAtMs.some((atMs) => atMs >= hintAtMs && atMs <= hintAtMs + 5000)).toBe(true);
        }
        for (const [index, atMs] of takenAtMs.entries()) {
          const sinceMs = takenAtMs[index - 1] ?? -1;
          expect(hintedAtMs.some((at) => at >= sinceMs && at <= atMs)).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('a retry', () => {
  const retry = { sources: new Set(['retry']), force: false };

  it('comes at its time where there is no hint, once', async () => {
    const { clock, settler, taken } = setUp();
    settler.retryAt(60_000);
    await clock.advance(59_999);
    expect(taken).toEqual([]);
    await clock.advance(600_000);
    expect(taken).toEqual([{ atMs: 60_000, burst: { ...retry, sinceMs: 60_000 } }]);
  });

  it('takes the place of the one before', async () => {
    const { clock, settler, taken } = setUp();
    settler.retryAt(1000);
    settler.retryAt(3000);
    await clock.advance(10_000);
    expect(taken.map(({ atMs }) => atMs)).toEqual([3000]);
    settler.retryAt(20_000);
    settler.retryAt(Number.POSITIVE_INFINITY);
    await clock.advance(30_000);
    expect(taken).toHaveLength(1);
  });

  it('cuts short no update that is under way, which does as well', async () => {
    const { clock, settler, taken } = setUp();
    settler.retryAt(250);
    await clock.advance(200);
    settler.hint({ source: 'inotify' });
    await clock.advance(10_000);
    const burst = { sources: new Set(['inotify']), force: false, sinceMs: 200 };
    expect(taken).toEqual([{ atMs: 400, burst }]);
  });

  it('keeps the least time between two reloads', async () => {
    const { clock, settler, taken } = setUp();
    settler.holdUntil(5000);
    settler.retryAt(1000);
    await clock.advance(10_000);
    expect(taken.map(({ atMs }) => atMs)).toEqual([5000]);
  });
});
