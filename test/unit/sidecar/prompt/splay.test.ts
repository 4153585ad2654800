import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { promptSplayMs } from '../../../../src/sidecar/prompt/splay.ts';

describe('promptSplayMs', () => {
  it.each<{ replicas: number; splayMs: number | undefined }>([
    { replicas: 0, splayMs: 0 },
    { replicas: 1, splayMs: 0 },
    { replicas: 50, splayMs: 0 },
    { replicas: 51, splayMs: 510 },
    { replicas: 100, splayMs: 1000 },
    { replicas: 1000, splayMs: 10_000 },
    { replicas: 6000, splayMs: 60_000 },
    { replicas: 6001, splayMs: undefined },
    { replicas: 100_000, splayMs: undefined },
  ])('is $splayMs ms for $replicas replicas', ({ replicas, splayMs }) => {
    expect(promptSplayMs(replicas)).toBe(splayMs);
  });

  it('never lets more than 100 pods a second ask, nor one wait longer than a minute', () => {
    fc.assert(
      fc.property(fc.integer({ min: 51, max: 6000 }), (replicas) => {
        const splayMs = promptSplayMs(replicas) ?? Number.NaN;
        expect(replicas / (splayMs / 1000)).toBeCloseTo(100);
        expect(splayMs).toBeLessThanOrEqual(60_000);
      }),
    );
  });

  it('does not let a larger fleet hurry', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.nat(10_000), (one, other) => {
        const [fewer, more] = [Math.min(one, other), Math.max(one, other)];
        const [ofFewer, ofMore] = [fewer, more].map((n) => promptSplayMs(n) ?? Infinity);
        expect(ofFewer).toBeLessThanOrEqual(ofMore ?? Number.NaN);
      }),
    );
  });
});
