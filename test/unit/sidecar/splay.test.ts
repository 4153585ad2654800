import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splayFraction } from '../../../src/sidecar/splay.ts';

describe('splayFraction', () => {
  it('is the same for the same pod, and lies in 0 to 1', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const fraction = splayFraction(name);
        expect(fraction).toBe(splayFraction(name));
        expect(fraction).toBeGreaterThanOrEqual(0);
        expect(fraction).toBeLessThan(1);
      }),
    );
  });

  it.each([2, 3, 5, 10, 50])('spreads the %i pods of a StatefulSet evenly', (replicas) => {
    const fractions = Array.from({ length: replicas }, (_, ordinal) =>
      splayFraction(`db-${ordinal}`),
    );
    const sorted = fractions.toSorted((one, other) => one - other);
    const gaps = sorted.map((at, index) => (sorted[index + 1] ?? 1 + (sorted[0] ?? 0)) - at);
    // The golden ratio leaves no gap wider than 1/φ of the share of one pod, rounded up generously.
    expect(Math.max(...gaps)).toBeLessThan(2.7 / replicas);
    expect(Math.min(...gaps)).toBeGreaterThan(0.3 / replicas);
  });

  it('tells the pods of a Deployment apart', () => {
    expect(splayFraction('web-5d8f7c9b4-x7k2p')).not.toBe(splayFraction('web-5d8f7c9b4-qq9zt'));
  });
});
