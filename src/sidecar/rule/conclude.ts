import type { RetryPolicy } from '../../system/retry.ts';
import type { Decision } from '../events.ts';
import type { Failure } from '../outcome.ts';
import type { Span } from '../target/age.ts';
import type { Attempted } from './attempt.ts';
import { type Content, newestOf } from './content.ts';
import type { About } from './decide.ts';
import { assume, fail, type Ledger, succeed } from './ledger.ts';
import { isOfContent, planRetry } from './plan-retry.ts';

/** An attempt that has come to its end. */
export type Ended = {
  content: Content;
  about: About;
  result: Attempted;
  /** From its begin to its end, on `Clock.uptime`. */
  took: Span;
  /** On `Clock.elapsed`. */
  nowMs: number;
  /** The action was the harder one. */
  escalated: boolean;
};

export type Policy = { retry: RetryPolicy; random: () => number };

export type Conclusion = {
  ledger: Ledger;
  /** `undefined`: nothing new about content that was given up. */
  said: (Pick<Decision, 'outcome' | 'targets'> & Partial<Decision>) | undefined;
  /** Content that even a restart does not help has failed, or is over. */
  circuit: 'opens' | 'closes' | undefined;
};

/** What an attempt means for what is known, and what is to be said of it. */
export function conclude(before: Ledger, ended: Ended, policy: Policy): Conclusion {
  const { result } = ended;
  if (!('failure' in result)) return succeeded(before, ended, result);
  if (before.pending?.givenUp === result.failure) {
    const retryAtMs = ended.nowMs + policy.retry.maxDelayMs;
    const pending = { ...before.pending, retryAtMs };
    return { ledger: { ...before, pending }, said: undefined, circuit: undefined };
  }
  const conclusion = failed(before, ended, result.failure, policy);
  // Whoever waits looks again and again: it is told of once, and when it waits for something else.
  return isSameWait(before, conclusion.ledger) ? { ...conclusion, said: undefined } : conclusion;
}

function isSameWait({ pending: before }: Ledger, { pending: after }: Ledger): boolean {
  return after?.waitsFor !== undefined && before?.waitsFor === after.waitsFor;
}

type Succeeded = Exclude<Attempted, { failure: Failure }>;

function succeeded(before: Ledger, ended: Ended, result: Succeeded): Conclusion {
  const { content, took } = ended;
  const { outcome, targets, actedAtMs, current = [], isUnsure = false } = result;
  const found =
    actedAtMs === undefined
      ? { reloaded: [], current: targets, read: took }
      : { reloaded: targets, current, read: took };
  return {
    ledger: isUnsure
      ? assume(content, { holders: current, doubt: true }, before.known)
      : succeed(content, found, before.known),
    said: { outcome, targets, ...timingOf(ended) },
    circuit: before.pending?.exhausted === true ? 'closes' : undefined,
  };
}

function failed(
  before: Ledger,
  ended: Ended,
  failure: Failure,
  { retry, random }: Policy,
): Conclusion {
  const { content, about, result, nowMs, escalated } = ended;
  const { targets, actedAtMs } = result;
  const { failures, retryInMs, exhausted } = planRetry({
    policy: retry,
    failure,
    before: before.pending?.failures,
    escalated,
    random: random(),
  });
  const givenUp = retryInMs === undefined && !isOfContent(failure) ? failure : undefined;
  const backInMs = givenUp ? retry.maxDelayMs : (retryInMs ?? Number.POSITIVE_INFINITY);
  const waitsFor = failure.waits && failure.reason;
  const plan = { failures, retryAtMs: nowMs + backInMs, givenUp, exhausted };
  const pending = { hash: about.hash, ...plan, ...(waitsFor !== undefined && { waitsFor }) };
  const { becameAtMs = 0 } = newestOf(content, [...about.changes.keys()]) ?? {};
  const { outcome, reason, remedy, check, set, waits } = failure;
  return {
    ledger: fail(before, pending, { acted: actedAtMs !== undefined, targets, becameAtMs }),
    said: {
      outcome,
      targets,
      ...timingOf(ended),
      reason,
      ...(remedy !== undefined && { remedy }),
      ...(check !== undefined && { check }),
      ...(set !== undefined && { set }),
      ...(waits && { waits }),
      ...(retryInMs !== undefined && { retryInMs }),
    },
    circuit: exhausted ? 'opens' : undefined,
  };
}

/** How long it took from the swap is only known of an update that was seen coming. */
function timingOf({ content, about, result, took }: Ended): Partial<Decision> {
  const tookMs = took.toMs - took.fromMs;
  const { changes } = about;
  const newest = changes.size === 0 ? undefined : newestOf(content, [...changes.keys()]);
  if (newest === undefined || result.actedAtMs === undefined) return { tookMs };
  return { tookMs, swapToReloadMs: Math.max(0, result.actedAtMs - newest.snapshot.swappedAtMs) };
}
