import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../../src/sidecar/canary/place.ts';

describe('the place of a pod', () => {
  it.each([
    // `printf %s web-0 | sha256sum`, the first 8 digits, by 16^8.
    ['web-0', 10.508696874603629],
    ['web-1', 76.73584804870188],
    ['web-2', 37.96306881122291],
  ])('of %s is %f, as the documentation has it computed', (name, place) => {
    expect(placeOf(name)).toBeCloseTo(place, 9);
  });

  it('is from 0 to below 100 for every name, and always the same', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const place = placeOf(name);
        expect(place).toBeGreaterThanOrEqual(0);
        expect(place).toBeLessThan(100);
        expect(placeOf(name)).toBe(place);
      }),
    );
  });

  it('spreads the pods of a workload evenly, whatever names they have', () => {
    const suffixes = 'bcdfghjklmnpqrstvwxz2456789';
    const names = {
      ordinals: Array.from({ length: 10_000 }, (_, index) => `web-${index}`),
      hashes: Array.from({ length: 10_000 }, (_, index) => {
        const digits = index.toString(27).padStart(5, '0');
        const suffix = Array.from(digits, (digit) => suffixes[Number.parseInt(digit, 27)]).join('');
        return `web-7d9f8c6b5d-${suffix}`;
      }),
    };
    for (const all of Object.values(names)) {
      const tenths = Array.from({ length: 10 }, () => 0);
      for (const name of all) tenths[Math.floor(placeOf(name) / 10)]! += 1;
      // Four standard deviations of a fair choice.
      for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(120);
    }
  });
});
