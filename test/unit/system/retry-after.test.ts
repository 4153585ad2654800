import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRetryAfter } from '../../../src/system/retry-after.ts';

describe('parseRetryAfter', () => {
  const now = Date.parse('2026-11-09T08:00:00Z');

  it.each([
    ['120', 120_000],
    ['86400', 3_600_000],
    ['Mon, 09 Nov 2026 08:00:30 GMT', 30_000],
    ['Mon, 09 Nov 2026 18:00:00 GMT', 3_600_000],
    ['Mon, 09 Nov 2026 07:00:00 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('takes %j for %j ms', (text, ms) => {
    expect(parseRetryAfter(text, now)).toBe(ms);
  });

  it('is never a pause of nothing, nor longer than an hour', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String)), (text) => {
        const ms = parseRetryAfter(text, now) ?? 1;
        expect(ms).toBeGreaterThan(0);
        expect(ms).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });
});
