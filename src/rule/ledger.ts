import type { Failure } from '../outcome.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import { identify } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
import { NO_PROCESS } from './attempt.ts';
import type { Failures } from './plan-retry.ts';

/** Content that the app does not have yet. */
export type Pending = {
  hash: string;
  failures: Failures;
  /** When to come back to it, on `Clock.elapsed`; infinite if not at all. */
  retryAtMs: number;
  /** There is to be no further attempt with it; what is looked at is whether the app has got it. */
  givenUp: Failure | undefined;
  exhausted: boolean;
};

/** What a rule remembers. Every function below returns a new one. */
export type Ledger = {
  /** The content that was reloaded and verified last, or counts as such since the start. */
  applied: Snapshots;
  pending?: Pending;
  /** The app may hold something else than `applied`: an attempt failed since, or nobody knows. */
  doubt: boolean;
  /** Target identity → hash of the content it is known to have. */
  known: ReadonlyMap<string, string>;
};

export type Content = { snapshots: Snapshots; hash: string };

export const emptyLedger: Ledger = { applied: new Map(), doubt: false, known: new Map() };

/** @param doubt The app may not have read it. */
export function begin({ snapshots, hash }: Content, doubt: boolean): Ledger {
  return { applied: snapshots, doubt, known: new Map(doubt ? [] : [[NO_PROCESS, hash]]) };
}

export function succeed({ snapshots, hash }: Content, targets: readonly Process[]): Ledger {
  const identities = [...targets.map(identify), NO_PROCESS];
  return {
    applied: snapshots,
    doubt: false,
    known: new Map(identities.map((identity) => [identity, hash])),
  };
}

/** @param acted The targets were acted on, so that what they hold is not known any more. */
export function fail(
  ledger: Ledger,
  pending: Pending,
  { acted, targets }: { acted: boolean; targets: readonly Process[] },
): Ledger {
  const forgotten = new Set(acted ? [...targets.map(identify), NO_PROCESS] : []);
  const known = new Map([...ledger.known].filter(([identity]) => !forgotten.has(identity)));
  return { applied: ledger.applied, pending, doubt: true, known };
}

/** Newer content has arrived: what was pending is no more. */
export function supersede({ applied, doubt, known }: Ledger): Ledger {
  return { applied, doubt, known };
}
