import type { Failure } from '../outcome.ts';
import { diffSnapshots } from '../snapshot/diff.ts';
import { hashSnapshots, type Snapshots } from '../snapshot/snapshot.ts';
import { identify, mayMeet, type Span, startOf } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
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
  /** By target identity. */
  known: Known;
};

/** Which content targets are known to have. */
export type Known = ReadonlyMap<string, Holding>;

export type Holding = {
  hash: string;
  /** When it read it, on `Clock.uptime`; `undefined` if that is not known. */
  read: Span | undefined;
};

export type Content = { snapshots: Snapshots; hash: string };

export type Found = {
  /** Targets that have the content. */
  sure: readonly Process[];
  /** Others may not have read it. */
  doubt: boolean;
  /** Identities of targets that have other content. */
  stale?: readonly string[];
};

export const emptyLedger: Ledger = { applied: new Map(), doubt: false, known: new Map() };

/** Takes this content for the one that the app has read, as far as was found. */
export function begin(
  { snapshots, hash }: Content,
  { sure, doubt, stale = [] }: Found,
  before: Known = new Map(),
): Ledger {
  const holdings = sure.map((target) => {
    const held = before.get(identify(target));
    return [
      identify(target),
      held?.hash === hash ? held : { hash, read: startOf(target) },
    ] as const;
  });
  const app = doubt ? [] : [[NO_PROCESS, { hash, read: undefined }] as const];
  const others = stale.map((one) => [one, { hash: OTHER_CONTENT, read: undefined }] as const);
  return { applied: snapshots, doubt, known: new Map([...app, ...others, ...holdings]) };
}

/** Stands in `known` for the app where an action finds no process, and needs none. */
export const NO_PROCESS = 'app';

/** Stands in `known` for content that is not there any more: the hash of none. */
export const OTHER_CONTENT = 'other';

export type Reloaded = {
  reloaded: readonly Process[];
  /** When they read it. */
  read: Span;
  /** Targets that were found to have it. */
  current: readonly Process[];
};

export function succeed(
  content: Content,
  { reloaded, read, current }: Reloaded,
  before: Known,
): Ledger {
  const found = begin(content, { sure: current, doubt: false }, before);
  const held = { hash: content.hash, read };
  const identities = reloaded.map(identify);
  return {
    ...found,
    known: new Map([...found.known, ...identities.map((one) => [one, held] as const)]),
  };
}

/** The app has this content, and nothing speaks against it. */
export function isSettledOn({ applied, doubt }: Ledger, { snapshots }: Content): boolean {
  return !doubt && diffSnapshots(applied, snapshots).size === 0;
}

/** Identities of the targets that have the content which is applied. */
export function holdersOfApplied({ known, applied }: Ledger): string[] {
  const hash = hashSnapshots(applied);
  return [...known].flatMap(([identity, held]) =>
    held.hash === hash && identity !== NO_PROCESS ? [identity] : [],
  );
}

export type Failed = {
  /** The targets were acted on, so that what they hold is not known any more. */
  acted: boolean;
  targets: readonly Process[];
  /** Since when the content is there, on `Clock.uptime`: who was reading then may have read it. */
  becameAtMs: number;
};

export function fail(
  ledger: Ledger,
  pending: Pending,
  { acted, targets, becameAtMs }: Failed,
): Ledger {
  const forgotten = new Set(acted ? [...targets.map(identify), NO_PROCESS] : []);
  const there = { fromMs: becameAtMs, toMs: Number.POSITIVE_INFINITY };
  const stays = ([identity, { hash, read }]: [string, Holding]): boolean =>
    !forgotten.has(identity) &&
    (hash === pending.hash || read === undefined || !mayMeet(read, there));
  const known = new Map([...ledger.known].filter(stays));
  return { applied: ledger.applied, pending, doubt: true, known };
}

/** Newer content has arrived: what was pending is no more. */
export function supersede({ applied, doubt, known }: Ledger): Ledger {
  return { applied, doubt, known };
}
