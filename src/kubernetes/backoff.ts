import { retryDelay } from '../system/retry.ts';
import type { KubeProblem } from './problem.ts';

const POLICY = { retries: Number.POSITIVE_INFINITY, delayMs: 500, maxDelayMs: 30_000 };

/** Nobody grants a verb within seconds. */
const FORBIDDEN_POLICY = { ...POLICY, delayMs: 10_000, maxDelayMs: 300_000 };

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
  const kind = problem?.kind;
  const retryAfterMs = problem?.retryAfterMs;
  const patient = kind === 'forbidden' || kind === 'no-access' || kind === 'not-found';
  const ownMs = retryDelay(patient ? FORBIDDEN_POLICY : POLICY, failures, random) ?? 0;
  return retryAfterMs === undefined
    ? ownMs
    : retryAfterMs + Math.min(ownMs, 1000 + retryAfterMs) * random;
}
