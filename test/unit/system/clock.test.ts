import { afterEach, describe, expect, it, vi } from 'vitest';
import { uptimeMs as readUptime } from '../../support/uptime.ts';
import { systemClock } from '../../../src/system/clock.ts';

/** /proc/uptime counts in ticks of that length; half a millisecond may pass while it is read. */
const TICK_MS = 10.5;

function waitMs(ms: number): void {
  const end = process.hrtime.bigint() + BigInt(ms) * 1_000_000n;
  while (process.hrtime.bigint() < end);
}

describe('the time since the boot', () => {
  afterEach(() => void vi.restoreAllMocks());

  it('is that of /proc/uptime to a tick, and never goes back', () => {
    let last = 0;
    for (let reading = 0; reading < 200; reading += 1) {
      const before = readUptime();
      const told = systemClock.uptime();
      const after = readUptime();
      expect(told).toBeGreaterThanOrEqual(Math.max(last, before - TICK_MS));
      expect(told).toBeLessThanOrEqual(after + TICK_MS);
      last = told;
      waitMs(reading % 7);
    }
  });

  it.each(['forward', 'back'])('is not moved by a step of the wall clock: %s', (way) => {
    systemClock.uptime();
    const now = Date.now();
    vi.spyOn(Date, 'now').mockReturnValue(now + (way === 'back' ? -3_600_000 : 3_600_000));
    const before = readUptime();
    const told = systemClock.uptime();
    expect(told).toBeGreaterThanOrEqual(before - TICK_MS);
    expect(told).toBeLessThanOrEqual(readUptime() + TICK_MS);
  });

  it('has in it the time for which the machine was suspended, and CLOCK_MONOTONIC stood still', () => {
    systemClock.uptime();
    vi.spyOn(process, 'uptime').mockReturnValue(process.uptime());
    const before = readUptime();
    waitMs(60);
    expect(systemClock.uptime()).toBeGreaterThanOrEqual(before + 60 - 2 * TICK_MS);
  });
});
