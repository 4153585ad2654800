import { retryDelay, type RetryPolicy } from '../../system/retry.ts';
import type { Failure } from '../outcome.ts';
import { isCurable } from './escalation.ts';
import type { Failures } from './ledger.ts';

export type RetryPlan = {
  failures: Failures;
  /** When the next attempt is to follow, in milliseconds; `undefined`: there is to be none. */
  retryInMs: number | undefined;
  /** The restarted app fails with it as well: it is the content that fails. */
  exhausted: boolean;
};

export type RetryInput = {
  policy: RetryPolicy;
  failure: Failure;
  before: Failures | undefined;
  /** The attempt was the harder one. */
  escalated: boolean;
  /** Between 0 and 1. */
  random: number;
};

/** What follows a failed attempt. */
export function planRetry({ policy, failure, before, escalated, random }: RetryInput): RetryPlan {
  const { all, curable } = before ?? { all: 0, curable: 0 };
  // To wait, for a target to come of age or for others, is no failure of anybody.
  if (failure.outcome === 'too-young' || failure.waits === true) {
    const retryInMs = failure.retryAfterMs ?? policy.delayMs;
    return { failures: { all, curable }, retryInMs, exhausted: false };
  }
  const counts = isCurable(failure);
  const failures = { all: all + 1, curable: curable + (counts ? 1 : 0) };
  const exhausted = escalated && counts;
  // Invalid content stays so: only other content can help, as where even a restart has failed.
  const final = exhausted || (isOfContent(failure) && failure.retryHelps !== true);
  const delayMs = final ? undefined : retryDelay(policy, failures.all, random);
  return {
    failures,
    retryInMs: delayMs === undefined ? undefined : pauseAfter(failure, failures.all, delayMs),
    exhausted,
  };
}

/** Only other content can help. */
export function isOfContent({ outcome }: Failure): boolean {
  return outcome === 'invalid' || outcome === 'held' || outcome === 'rolled-back';
}

/**
 * After a time-out the app may be still at it: it gets as long again, and twice as long after each
 * further one, until what it does fits in. Two reloads at once help nobody, and may end neither.
 */
function pauseAfter({ busyMs, retryAfterMs }: Failure, failures: number, delayMs: number): number {
  const busyUntilMs =
    busyMs === undefined ? 0 : Math.min(busyMs * 2 ** (failures - 1), MOST_BUSY_MS);
  return Math.max(retryAfterMs ?? delayMs, busyUntilMs);
}

const MOST_BUSY_MS = 10 * 60_000;
