import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { retryDelay } from '../../../../src/system/retry.ts';

const random = fc.double({ min: 0, max: 1, noNaN: true });
const failures = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 2 ** 31 }));
const policy = fc.record({
  retries: fc.constant(Number.POSITIVE_INFINITY),
  delayMs: fc.integer({ min: 1, max: 2_147_483_647 }),
  maxDelayMs: fc.integer({ min: 1, max: 2_147_483_647 }),
});

describe('the pause before a retry', () => {
  it('lies between half of its ceiling and the ceiling, which never exceeds the longest pause', () => {
    fc.assert(
      fc.property(policy, failures, random, (limits, count, chance) => {
        const delayMs = retryDelay(limits, count, chance) ?? Number.NaN;
        const ceilingMs = retryDelay(limits, count, 1) ?? Number.NaN;
        expect(ceilingMs).toBeLessThanOrEqual(limits.maxDelayMs);
        expect(delayMs).toBeLessThanOrEqual(ceilingMs);
        expect(delayMs).toBeGreaterThanOrEqual(ceilingMs / 2);
        expect(delayMs).toBeGreaterThan(0);
      }),
    );
  });

  it('has a ceiling that grows with each failure, up to the longest pause', () => {
    fc.assert(
      fc.property(policy, failures, (limits, count) => {
        const [now = 0, next = 0] = [count, count + 1].map((failed) =>
          retryDelay(limits, failed, 1),
        );
        expect(next).toBe(Math.min(now * 2, limits.maxDelayMs));
      }),
    );
  });

  it('begins with the first pause', () => {
    const limits = { retries: 5, delayMs: 1000, maxDelayMs: 60_000 };
    expect([0, 0.5, 1].map((chance) => retryDelay(limits, 1, chance))).toEqual([500, 750, 1000]);
  });

  it('is not there after the last retry', () => {
    fc.assert(
      fc.property(policy, fc.nat(50), failures, random, (limits, retries, count, chance) => {
        const delayMs = retryDelay({ ...limits, retries }, count, chance);
        expect(delayMs === undefined).toBe(count > retries);
      }),
    );
  });
});
