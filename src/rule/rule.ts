import type { Action } from '../act/action.ts';
import { retryDelay, type RetryPolicy } from '../act/retry.ts';
import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { Failure, Outcome } from '../outcome.ts';
import type { Burst } from '../settle.ts';
import { type Changes, diffSnapshots } from '../snapshot/diff.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import { identify } from '../target/age.ts';
import type { Watched } from '../target/auto.ts';
import type { Process } from '../target/processes.ts';
import { attempt, type Attempted, type AttemptParts, NO_PROCESS } from './attempt.ts';
import { type Content, type Counts, newestOf, observe, type View } from './content.ts';

export type RuleParts = AttemptParts & {
  name: string;
  watched: readonly Watched[];
  counts: Counts;
  retry: RetryPolicy;
  random: () => number;
  events: EventBus;
  /** Where no process tells what the app has read: whether it may have missed the content. */
  mayHaveMissed: (content: Content) => boolean;
};

export type Considered = {
  /** When to come back without a hint, in milliseconds. */
  retryInMs?: number;
  /** The app was acted on. */
  acted: boolean;
};

export type Rule = {
  name: string;
  action: Action['kind'];
  /** Takes the first look. Acts on nobody. */
  begin: (view: View) => void;
  /** Compares what was read with what is applied, and reloads the app where they differ. */
  consider: (view: View, burst: Burst, signal: AbortSignal) => Promise<Considered>;
  /** Whom it would act on now. */
  preview: () => Pick<Attempted, 'targets'> & { failure?: Failure };
};

/** Content that the app does not have yet. */
type Pending = { hash: string; failures: number; retryAtMs: number };

export function createRule(parts: RuleParts): Rule {
  const { name, action, events, clock } = parts;
  let content: Content | undefined;
  let applied: Snapshots = new Map();
  let pending: Pending | undefined;
  /** An attempt failed since `applied`: the app may hold either content. */
  let doubt = false;
  /** Target identity → hash of the content it is known to have. */
  let known = new Map<string, string>();

  const decide = (outcome: Outcome, about: { changes: Changes; hash: string }, more = {}): void => {
    const decision = { rule: name, action: action.kind, outcome, targets: [], ...about, ...more };
    events.emit('decided', { ...decision, pending: pending !== undefined });
  };

  const apply = (next: Content, targets: Attempted['targets']): void => {
    applied = next.snapshots;
    pending = undefined;
    doubt = false;
    known = new Map([...targets.map(identify), NO_PROCESS].map((target) => [target, next.hash]));
    events.emit('applied', { rule: name, snapshots: applied });
  };

  /**
   * What is there at the start counts as applied, but for a doubt: targets that are running may be
   * older than it, which the first attempt finds out; those that start later will have read it.
   */
  const begin = (view: View): void => {
    const first = observe(undefined, view, parts.counts);
    content = first;
    const resolution = parts.resolve(parts.watched);
    const running = 'targets' in resolution ? resolution.targets.length : 0;
    apply(first, []);
    doubt = running === 0 && !action.needsTarget ? parts.mayHaveMissed(first) : running > 0;
    if (doubt) known.clear();
  };

  const settle = (next: Content, changes: Changes, result: Attempted, startMs: number): void => {
    const { targets, actedAtMs } = result;
    const paths = [...changes.keys()];
    // How long it took is only known of an update that was seen coming.
    const newest = paths.length === 0 ? undefined : newestOf(next, paths);
    const timing = {
      targets,
      tookMs: clock.elapsed() - startMs,
      ...(actedAtMs !== undefined &&
        newest && { swapToReloadMs: Math.max(0, actedAtMs - newest.snapshot.swappedAtMs) }),
    };
    if ('outcome' in result) {
      apply(next, targets);
      decide(result.outcome, { changes, hash: next.hash }, timing);
      return;
    }
    const { failure } = result;
    if (actedAtMs !== undefined) for (const target of targets) known.delete(identify(target));
    if (actedAtMs !== undefined) known.delete(NO_PROCESS);
    doubt = true;
    const failures = (pending?.hash === next.hash ? pending.failures : 0) + 1;
    const delayMs = retryDelay(parts.retry, failures, parts.random());
    const retryInMs = delayMs && (failure.retryAfterMs ?? delayMs);
    const retryAtMs =
      retryInMs === undefined ? Number.POSITIVE_INFINITY : clock.elapsed() + retryInMs;
    pending = { hash: next.hash, failures, retryAtMs };
    const { outcome, reason, remedy } = failure;
    decide(outcome, { changes, hash: next.hash }, { ...timing, reason, remedy, retryInMs });
  };

  const dueIn = (): Considered => {
    const retryInMs = pending ? Math.max(0, pending.retryAtMs - clock.elapsed()) : undefined;
    return Number.isFinite(retryInMs)
      ? { acted: false, retryInMs: retryInMs ?? 0 }
      : { acted: false };
  };

  return {
    name,
    action: action.kind,
    preview: () => {
      const resolution = parts.resolve(parts.watched);
      if ('failure' in resolution) return { targets: [], failure: resolution.failure };
      const request = { changes: new Map(), hash: '', targets: resolution.targets };
      const settled = resolution.targets.every((target) => isSettledIn(target, clock));
      const failure = settled ? action.check(request) : undefined;
      return { targets: resolution.targets, ...(failure && { failure }) };
    },
    begin,
    consider: async (view, burst, signal) => {
      const before = content;
      const next = observe(before, view, parts.counts);
      content = next;
      const changes = diffSnapshots(applied, next.snapshots);
      const about = { changes, hash: next.hash };
      if (pending && pending.hash !== next.hash) {
        const { hash } = pending;
        pending = undefined;
        decide('superseded', { changes: new Map(), hash }, { reason: 'newer content arrived' });
      }
      if (changes.size === 0 && !doubt && !burst.force) {
        if (isNews(burst)) {
          decide(before?.rawHash === next.rawHash ? 'unchanged' : 'filtered', about);
        }
        return { acted: false };
      }
      if (pending && !burst.force && clock.elapsed() < pending.retryAtMs) return dueIn();
      if (changes.size > 0 && before?.hash !== next.hash) {
        events.emit('update-seen', { rule: name, ...about });
      }
      events.emit('attempt-started', { rule: name });
      const startMs = clock.elapsed();
      const newest = newestOf(next, [...changes.keys()]);
      const result = await attempt(
        parts,
        {
          ...about,
          watched: changedOnly(parts.watched, changes),
          becameAtMs: newest?.becameAtMs ?? 0,
          force: burst.force,
          known,
        },
        signal,
      );
      settle(next, changes, result, startMs);
      return { ...dueIn(), acted: result.actedAtMs !== undefined };
    },
  };
}

/** Retries and the start come of our own doing, and say nothing about the content. */
function isNews({ sources }: Burst): boolean {
  return [...sources].some((source) => source !== 'retry' && source !== 'start');
}

/** A process that is just starting may yet install its handlers: too early to complain. */
const STARTING_MS = 10_000;

function isSettledIn({ startedMs }: Process, clock: Clock): boolean {
  return clock.uptime() - startedMs >= STARTING_MS;
}

/** The volumes to find the app by; all of them where it is not known what changed. */
function changedOnly(watched: readonly Watched[], changes: Changes): readonly Watched[] {
  const changed = watched.filter(({ path }) => changes.has(path));
  return changed.length === 0 ? watched : changed;
}
