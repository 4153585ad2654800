import { describe, expect, it } from 'vitest';
import { createManualClock } from '../../support/manual-clock.ts';

describe('a manual clock', () => {
  it('moves all three readings together', async () => {
    const clock = createManualClock({ now: 100, uptime: 20, elapsed: 3 });
    await clock.advance(1000);
    expect([clock.now(), clock.uptime(), clock.elapsed()]).toEqual([1100, 1020, 1003]);
  });

  it('steps the wall clock alone', () => {
    const clock = createManualClock({ now: 100_000, uptime: 20, elapsed: 3 });
    clock.stepWallClock(-3000);
    expect([clock.now(), clock.uptime(), clock.elapsed()]).toEqual([97_000, 20, 3]);
  });

  it('ends sleeps in the order of their ends, each at its own moment', async () => {
    const clock = createManualClock({ elapsed: 0 });
    const ended: [string, number][] = [];
    const note = async (name: string, ms: number): Promise<void> => {
      await clock.sleep(ms);
      ended.push([name, clock.elapsed()]);
      if (name === 'short') await note('follow-up', 5);
    };
    const all = Promise.all([note('long', 30), note('short', 10), note('never', 31)]);
    await clock.advance(30);
    expect(ended).toEqual([
      ['short', 10],
      ['follow-up', 15],
      ['long', 30],
    ]);
    expect(clock.sleeping()).toBe(1);
    await clock.advance(1);
    await all;
    expect(clock.sleeping()).toBe(0);
  });

  it('rejects a sleep with the reason of its signal, before and while sleeping', async () => {
    const clock = createManualClock();
    const stop = new AbortController();
    const sleep = clock.sleep(10, stop.signal);
    const reason = new Error('stopped by the test');
    stop.abort(reason);
    await expect(sleep).rejects.toBe(reason);
    await expect(clock.sleep(10, stop.signal)).rejects.toBe(reason);
    expect(clock.sleeping()).toBe(0);
  });
});
