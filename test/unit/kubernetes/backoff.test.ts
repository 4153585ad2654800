import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../../src/kubernetes/backoff.ts';
import type { ProblemKind } from '../../../src/kubernetes/problem.ts';
import { buildProblem } from '../../support/problem-builder.ts';

const random = fc.double({ min: 0, max: 1, noNaN: true });
const failures = fc.integer({ min: 1, max: 10_000 });
const PASSING: ProblemKind[] = ['unreachable', 'timed-out', 'unauthorized', 'throttled', 'gone'];
const LASTING: ProblemKind[] = ['forbidden', 'no-access', 'not-found'];

describe('the pause after a failure', () => {
  it.each([
    [undefined, 1, 0, 250],
    [undefined, 1, 1, 500],
    ['unreachable', 1, 0.5, 375],
    ['unreachable', 3, 1, 2000],
    ['unreachable', 1000, 1, 30_000],
    ['forbidden', 1, 0, 5000],
    ['not-found', 2, 1, 20_000],
    ['no-access', 1000, 1, 300_000],
  ] as const)('by %s, number %i, with chance %d, is %i ms', (kind, count, chance, pauseMs) => {
    expect(pauseAfter(kind && buildProblem(kind), count, chance)).toBe(pauseMs);
  });

  it('is never below a quarter of a second, and at most half a minute for what passes', () => {
    fc.assert(
      fc.property(fc.constantFrom(...PASSING), failures, random, (kind, count, chance) => {
        const pauseMs = pauseAfter(buildProblem(kind), count, chance);
        expect(pauseMs).toBeGreaterThanOrEqual(250);
        expect(pauseMs).toBeLessThanOrEqual(30_000);
      }),
    );
  });

  it('is seconds to five minutes for what a person has to change', () => {
    fc.assert(
      fc.property(fc.constantFrom(...LASTING), failures, random, (kind, count, chance) => {
        const pauseMs = pauseAfter(buildProblem(kind), count, chance);
        expect(pauseMs).toBeGreaterThanOrEqual(5000);
        expect(pauseMs).toBeLessThanOrEqual(300_000);
      }),
    );
  });

  it('is never shorter than what the server asks for, and spreads a fleet after it', () => {
    const asked = fc.integer({ min: 0, max: 600_000 });
    fc.assert(
      fc.property(asked, failures, random, (retryAfterMs, count, chance) => {
        const problem = buildProblem('throttled', { retryAfterMs });
        const pauseMs = pauseAfter(problem, count, chance);
        expect(pauseMs).toBeGreaterThanOrEqual(retryAfterMs);
        expect(pauseMs).toBeLessThanOrEqual(retryAfterMs * 2 + 1000);
        expect(pauseAfter(problem, count, 1)).toBeGreaterThan(retryAfterMs);
      }),
    );
  });
});
