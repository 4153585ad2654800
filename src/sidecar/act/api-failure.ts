import type { KubeProblem, ProblemKind } from '../../kubernetes/problem.ts';
import type { Failure, FailureOutcome } from '../outcome.ts';

/** What the API refused, as the failure of a reload. */
export function toApiFailure({ kind, message, remedy, retryAfterMs }: KubeProblem): Failure {
  return {
    outcome: outcomeOf(kind),
    reason: message,
    remedy,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

function outcomeOf(kind: ProblemKind): FailureOutcome {
  switch (kind) {
    case 'no-access':
    case 'unauthorized':
    case 'forbidden':
      return 'not-permitted';
    case 'untrusted':
    case 'unreachable':
    case 'throttled':
      return 'unreachable';
    case 'timed-out':
      return 'timed-out';
    case 'not-found':
    case 'conflict':
    case 'gone':
    case 'invalid':
    case 'rejected':
    case 'not-kept':
      return 'rejected';
    default:
      return kind satisfies never;
  }
}
