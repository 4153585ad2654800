import type { Fault } from '../system/fault.ts';

/** After these the app is known to have the content that was read; nothing is left to do. */
const settledOutcomes = [
  'reloaded',
  'published',
  'unchanged',
  'filtered',
  'already-current',
  'superseded',
  'dry-run',
] as const;

const failureOutcomes = [
  'no-target',
  'ambiguous-target',
  'no-handler',
  'not-permitted',
  'too-young',
  'not-ready',
  'waiting',
  'invalid',
  'rejected',
  'unreachable',
  'timed-out',
  'target-died',
  'unverified',
  'held',
  'rolled-back',
] as const;

/** What came of a burst: the `outcome` label, log field and status field. Part of the contract. */
export const outcomes = [...settledOutcomes, ...failureOutcomes] as const;

export type Outcome = (typeof outcomes)[number];
export type SettledOutcome = (typeof settledOutcomes)[number];
export type FailureOutcome = (typeof failureOutcomes)[number];

/** Why a reload did not happen or did not work, and what the user can do about it. */
export type Failure = {
  outcome: FailureOutcome;
  reason: string;
  /** The setting or the YAML line that helps. */
  remedy?: string;
  /** The name under which docs/doctor.md explains it. */
  check?: Fault;
  /** Variable → value: the settings that would be the remedy, where they are known to the letter. */
  set?: Readonly<Record<string, string>>;
  /** The target was not found, but may be running all the same. */
  mayRun?: boolean;
  /** A restart of the target is what it takes, whatever the outcome. */
  restartHelps?: boolean;
  /** The pid of the target that ended after the action. */
  endedPid?: number;
  /** What was asked for may go on for as long, in milliseconds: it is not asked for once more before. */
  busyMs?: number;
  /** The target has not read the content yet: it says nothing about that. */
  unread?: boolean;
  /** Other content is not all that can help: it is tried again by itself. */
  retryHelps?: true;
  /** Nothing has failed: others come first. It is looked again after `retryAfterMs`, however often. */
  waits?: true;
  /** The target asked for this pause before the next attempt, in milliseconds. */
  retryAfterMs?: number;
};

/** The app was brought to take new content, as far as there is one. */
export function isTaken(outcome: Outcome): boolean {
  return outcome === 'reloaded' || outcome === 'published';
}

export function isSettled(outcome: Outcome): outcome is SettledOutcome {
  return settledOutcomes.some((settled) => settled === outcome);
}
