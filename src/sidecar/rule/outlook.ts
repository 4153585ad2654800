import type { Failure } from '../outcome.ts';
import type { Fault } from '../../system/fault.ts';
import type { Preview } from './preview.ts';

/**
 * Whether a reload would work if an update came now. Knows what stood against it at the looks so far,
 * since when, and what of that was told; decides what is news. Times on `Clock.elapsed`.
 */
export type Outlook = {
  /** What stands against it; `undefined`: nothing that shows. */
  failure: Failure | undefined;
  sinceMs: number;
  /** Kinds of failures that were told since the last time that nothing stood against it. */
  told: ReadonlySet<string>;
};

/** What is seen at a look. `undefined` where it is too early to tell. */
export function look(
  before: Outlook | undefined,
  { failure, awaited, early }: Preview,
  nowMs: number,
): Outlook | undefined {
  if (early === true) return before;
  const problem = failure ?? awaited;
  if (problem === undefined) return clear(nowMs);
  const isSame = before?.failure !== undefined && kindOf(before.failure) === kindOf(problem);
  const sinceMs = isSame ? before.sinceMs : nowMs;
  const isTold = failure !== undefined || (isAmiss(problem) && nowMs - sinceMs >= PATIENCE_MS);
  return note(before, problem, { sinceMs, isTold });
}

/** What an attempt has run into, and told itself. */
export function runInto(before: Outlook | undefined, failure: Failure, nowMs: number): Outlook {
  return note(before, failure, { sinceMs: nowMs, isTold: true });
}

export function clear(nowMs: number): Outlook {
  return { failure: undefined, sinceMs: nowMs, told: new Set() };
}

function note(
  before: Outlook | undefined,
  failure: Failure,
  { sinceMs, isTold }: { sinceMs: number; isTold: boolean },
): Outlook {
  const told = before?.told ?? new Set();
  return { failure, sinceMs, told: isTold ? new Set([...told, kindOf(failure)]) : told };
}

/** In the reason is the pid, which is another one after each restart of the app. */
function kindOf({ outcome, check }: Failure): string {
  return `${outcome} ${check ?? ''}`;
}

/** How long a target may stay away. Init containers come before it, and images have to be pulled. */
const PATIENCE_MS = 60_000;

/** While no app runs at all, somebody else tells. */
const NOT_YET: readonly (Fault | undefined)[] = ['app-not-running', 'target-in-init-container'];

function isAmiss({ check }: Failure): boolean {
  return !NOT_YET.includes(check);
}

/** How two outlooks differ: nothing, something that a metric shows, or something to be told, too. */
export function compare(before: Outlook | undefined, now: Outlook): 'same' | 'changed' | 'news' {
  const isNews = before === undefined ? now.told.size > 0 : now.told.size !== before.told.size;
  if (isNews) return 'news';
  return before?.failure?.outcome === now.failure?.outcome && before !== undefined
    ? 'same'
    : 'changed';
}
