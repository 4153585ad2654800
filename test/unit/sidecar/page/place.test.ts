import { describe, expect, it } from 'vitest';
import { placeMoment } from '../../../../src/sidecar/page/place.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

describe('a moment on the time line', () => {
  it('is at the right end now, and at the left end where it is the oldest', () => {
    expect(placeMoment(0, DAY)).toBe(100);
    expect(placeMoment(DAY, DAY)).toBe(0);
  });

  it('has the more room, the nearer it is', () => {
    const places = [1, 10, 60, 360].map((minutes) => placeMoment(minutes * MINUTE, DAY));
    expect(places).toEqual(places.toSorted((one, other) => other - one));
    expect(places[0]).toBeLessThan(85);
    expect(places[3]).toBeGreaterThan(10);
  });

  it('is at the right end where a clock was set back', () => {
    expect(placeMoment(-5000, DAY)).toBe(100);
  });
});
