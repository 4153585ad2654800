import { retryDelay } from '../system/retry.ts';
import type { KubeProblem } from './problem.ts';

const POLICY = { retries: Number.POSITIVE_INFINITY, delayMs: 500, maxDelayMs: 30_000 };

/** Nobody grants a verb within seconds. */
const FORBIDDEN_POLICY = { ...POLICY, delayMs: 10_000, maxDelayMs: 300_000 };

/** Failures in a row, for `pauseAfter`. */
export type FailureRow = {
  /** One more; returns how many there were in a row of its kind. */
  add: (problem: KubeProblem | undefined) => number;
  clear: () => void;
  isEmpty: () => boolean;
};

/**
 * What lasts and what passes are rows of their own: an API server that has just started refuses for a moment
 * what it grants, and that is not to wait as long as the tenth refusal would because it was away before.
 */
export function createFailureRow(): FailureRow {
  let count = 0;
  let lasts = false;
  return {
    add: (problem) => {
      count = isLasting(problem) === lasts ? count + 1 : 1;
      lasts = isLasting(problem);
      return count;
    },
    clear: () => {
      count = 0;
    },
    isEmpty: () => count === 0,
  };
}

function isLasting(problem: KubeProblem | undefined): boolean {
  const kind = problem?.kind;
  return kind === 'forbidden' || kind === 'no-access' || kind === 'not-found';
}

/**
 * The pause after failures in a row, in milliseconds. What the server asks for is kept, with jitter on
 * top: all pods of a fleet are told the same.
 *
 * @param problem Absent where the server ended by itself what was to last.
 * @param failures At least 1.
 * @param random Between 0 and 1.
 */
export function pauseAfter(
  problem: KubeProblem | undefined,
  failures: number,
  random: number,
): number {
  const retryAfterMs = problem?.retryAfterMs;
  const ownMs = retryDelay(isLasting(problem) ? FORBIDDEN_POLICY : POLICY, failures, random) ?? 0;
  return retryAfterMs === undefined
    ? ownMs
    : retryAfterMs + Math.min(ownMs, 1000 + retryAfterMs) * random;
}
