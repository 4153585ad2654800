import type { Failure } from '../outcome.ts';
import { diffSnapshots } from '../snapshot/diff.ts';
import { hashSnapshots, type Snapshots } from '../snapshot/snapshot.ts';
import type { Span } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
import type { Standing } from './standing.ts';
import {
  forget,
  foundHolding,
  type Holdings,
  holdersOf,
  reloadedAt,
  somethingElse,
  wholeApp,
  withoutReadersSince,
} from './holdings.ts';

/**
 * What a rule has brought about so far: which content counts as applied, what is pending instead, and
 * who is known to have what. Decides nothing by itself; each function below is one thing that can
 * happen, and returns the ledger after it.
 */
export type Ledger = {
  /** The content that was reloaded and verified last, or counts as such since the start. */
  applied: Snapshots;
  pending?: Pending;
  /** The app may hold something else than `applied`: an attempt failed since, or nobody knows. */
  doubt: boolean;
  known: Holdings;
};

/** Content that the app does not have yet. */
export type Pending = {
  hash: string;
  failures: Failures;
  /** When to come back to it, on `Clock.elapsed`; infinite if not at all. */
  retryAtMs: number;
  /** There is to be no further attempt with it; what is looked at is whether the app has got it. */
  givenUp: Failure | undefined;
  /** The restarted app fails with it as well. */
  exhausted: boolean;
  /** Nothing has failed: what it waits for. */
  waitsFor?: string;
};

/** How often content has failed. */
export type Failures = {
  /** Attempts that failed: for the back-off, and the limit. */
  all: number;
  /** Those of a kind that a restart may cure: for the escalation. */
  curable: number;
};

type Content = { snapshots: Snapshots; hash: string };

export const emptyLedger: Ledger = { applied: new Map(), doubt: false, known: new Map() };

/** A look at the targets shows who has what is there, without a reload. */
export function assume(
  { snapshots, hash }: Content,
  { holders, doubt, stale = [] }: Standing,
  before: Holdings = new Map(),
): Ledger {
  const known = new Map([
    ...(doubt ? [] : wholeApp(hash)),
    ...somethingElse(stale),
    ...foundHolding(holders, hash, before),
  ]);
  return { applied: snapshots, doubt, known };
}

export type Reloaded = {
  reloaded: readonly Process[];
  /** When they read it. */
  read: Span;
  /** Targets that were found to have it. */
  current: readonly Process[];
};

/** A reload has succeeded, or was found not to be needed. */
export function succeed(
  content: Content,
  { reloaded, read, current }: Reloaded,
  before: Holdings,
): Ledger {
  const ledger = assume(content, { holders: current, doubt: false }, before);
  return {
    ...ledger,
    known: new Map([...ledger.known, ...reloadedAt(reloaded, content.hash, read)]),
  };
}

export type Failed = {
  /** The targets were acted on, and may have taken it all the same. */
  acted: boolean;
  targets: readonly Process[];
  /** Since when the content is there, on `Clock.uptime`. */
  becameAtMs: number;
};

/** An attempt has failed. */
export function fail(
  { applied, known: before }: Ledger,
  pending: Pending,
  { acted, targets, becameAtMs }: Failed,
): Ledger {
  const left = acted ? forget(before, targets) : before;
  const known = withoutReadersSince(left, becameAtMs, pending.hash);
  return { applied, pending, doubt: true, known };
}

/** Newer content has arrived: what was pending is no more. */
export function supersede({ applied, doubt, known }: Ledger): Ledger {
  return { applied, doubt, known };
}

/** The app has this content, and nothing speaks against it. */
export function isSettledOn({ applied, doubt }: Ledger, { snapshots }: Content): boolean {
  return !doubt && diffSnapshots(applied, snapshots).size === 0;
}

/** Identities of the targets that have the content which is applied. */
export function holdersOfApplied({ known, applied }: Ledger): string[] {
  return holdersOf(known, hashSnapshots(applied));
}
