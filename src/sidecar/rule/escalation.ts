import type { Action, Escalation } from '../act/action.ts';
import type { Failure, FailureOutcome } from '../outcome.ts';
import type { Pending } from './ledger.ts';

/** Failures that a restart may cure: the app was asked, or could not be. */
const CURABLE: readonly FailureOutcome[] = [
  'rejected',
  'unreachable',
  'timed-out',
  'target-died',
  'unverified',
  'no-handler',
];

export function isCurable({ outcome, restartHelps = false }: Failure): boolean {
  return restartHelps || CURABLE.includes(outcome);
}

/** The action of the next attempt. */
export function chooseAction(
  first: Action,
  escalation: Escalation | undefined,
  pending: Pending | undefined,
): Action {
  return escalation && (pending?.failures.curable ?? 0) >= escalation.afterFailures
    ? escalation.action
    : first;
}
