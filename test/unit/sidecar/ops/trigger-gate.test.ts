import { describe, expect, it } from 'vitest';
import { createTriggerGate } from '../../../../src/sidecar/ops/trigger-gate.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

describe('a gate for reloads that are asked for', () => {
  it('lets one run and one wait, however many ask, and all are answered', async () => {
    const clock = createManualClock();
    const ends: ((answer: string) => void)[] = [];
    const ask = createTriggerGate(
      () => new Promise<string>((resolve) => ends.push(resolve)),
      clock,
    );
    const first = ask();
    await clock.advance(0);
    const others = [ask(), ask(), ask()];
    await clock.advance(60_000);
    expect(ends).toHaveLength(1);
    ends[0]?.('one');
    expect(await first).toBe('one');
    await clock.advance(0);
    expect(ends).toHaveLength(2);
    ends[1]?.('two');
    expect(await Promise.all(others)).toEqual(['two', 'two', 'two']);
  });

  it('keeps them apart', async () => {
    const clock = createManualClock();
    const begun: number[] = [];
    const start = clock.elapsed();
    const ask = createTriggerGate(async () => void begun.push(clock.elapsed() - start), clock);
    for (let time = 0; time < 30; time += 1) {
      void ask();
      await clock.advance(100);
    }
    expect(begun).toEqual([0, 1000, 2000, 3000]);
  });

  it('goes on after one that failed', async () => {
    const clock = createManualClock();
    let runs = 0;
    const ask = createTriggerGate(async () => {
      runs += 1;
      if (runs === 1) throw new Error('no');
      return runs;
    }, clock);
    await expect(ask()).rejects.toThrow('no');
    const second = ask();
    await clock.advance(1000);
    expect(await second).toBe(2);
  });
});
