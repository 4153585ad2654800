import type { Action } from '../act/action.ts';
import type { RetryPolicy } from '../act/retry.ts';
import type { Counts } from '../config/globs.ts';
import type { EventBus } from '../events.ts';
import type { Failure, Outcome } from '../outcome.ts';
import type { Burst } from '../settle.ts';
import { type Changes, diffSnapshots } from '../snapshot/diff.ts';
import type { View } from '../snapshot/view.ts';
import type { Watched } from '../target/auto.ts';
import { attempt, type Attempted, type AttemptParts } from './attempt.ts';
import { type Content, newestOf, observe } from './content.ts';
import { chooseAction, type Escalation } from './escalation.ts';
import { begin, emptyLedger, fail, type Ledger, succeed, supersede } from './ledger.ts';
import type { Memory } from './memory.ts';
import { planRetry } from './plan-retry.ts';
import { previewTargets, type Preview } from './preview.ts';

export type RuleParts = AttemptParts & {
  name: string;
  watched: readonly Watched[];
  counts: Counts;
  retry: RetryPolicy;
  escalation?: Escalation;
  random: () => number;
  events: EventBus;
  memory: Memory;
  /** Where no process tells what the app has read: whether it may have missed the content. */
  mayHaveMissed: (content: Content) => boolean;
};

export type Considered = {
  /** When to come back without a hint, in milliseconds. */
  retryInMs?: number;
  /** The app was acted on. */
  acted: boolean;
  /** There was nothing to do; says so, if no other rule had anything to do either. */
  sayIdle?: () => void;
};

export type Rule = {
  name: string;
  action: Action['kind'];
  /** Takes the first look. Acts on nobody. */
  begin: (view: View) => void;
  /** Compares what was read with what is applied, and reloads the app where they differ. */
  consider: (view: View, burst: Burst, signal: AbortSignal) => Promise<Considered>;
  /** Whom it would act on now. */
  preview: () => Preview;
  /** What it knows now, for reports; a copy of nothing. */
  inspect: () => RuleKnowledge;
};

export type RuleKnowledge = { content: Content | undefined; ledger: Ledger };

type About = { changes: Changes; hash: string };

export function createRule(parts: RuleParts): Rule {
  const { name, events, clock } = parts;
  let content: Content | undefined;
  let ledger: Ledger = emptyLedger;
  let action = parts.action;

  const decide = (outcome: Outcome, about: About, more = {}): void => {
    const decision = { rule: name, action: action.kind, outcome, targets: [], ...about, ...more };
    events.emit('decided', { ...decision, pending: ledger.pending !== undefined });
  };

  /** Other rules may watch other mounts. */
  const ownView = (view: View): View =>
    new Map([...view].filter(([mount]) => parts.watched.some(({ path }) => path === mount)));

  const markApplied = (): void => {
    parts.memory.remember(name, ledger.applied);
    events.emit('applied', { rule: name, snapshots: ledger.applied });
  };

  /** Newer content ends what was pending, and gives a broken circuit another chance. */
  const dropSuperseded = (next: Content): void => {
    const { pending } = ledger;
    if (pending === undefined || pending.hash === next.hash) return;
    const about = { changes: new Map(), hash: pending.hash };
    decide('superseded', about, { reason: 'newer content arrived' });
    ledger = supersede(ledger);
    if (pending.exhausted) events.emit('circuit', { rule: name, open: false });
  };

  const settleFailure = (about: About, failure: Failure, result: Attempted): number | undefined => {
    const { failures, retryInMs, exhausted } = planRetry({
      policy: parts.retry,
      failure,
      before: ledger.pending?.failures,
      escalated: action !== parts.action,
      random: parts.random(),
    });
    const givenUp = retryInMs === undefined && failure.outcome !== 'invalid' ? failure : undefined;
    const backInMs = givenUp ? parts.retry.maxDelayMs : (retryInMs ?? Number.POSITIVE_INFINITY);
    const acted = result.actedAtMs !== undefined;
    ledger = fail(
      ledger,
      { hash: about.hash, failures, retryAtMs: clock.elapsed() + backInMs, givenUp, exhausted },
      { acted, targets: result.targets },
    );
    return retryInMs;
  };

  const settle = (next: Content, about: About, result: Attempted, startMs: number): void => {
    const timing = describeTiming(next, about, result, clock.elapsed() - startMs);
    if ('failure' in result) {
      const retryInMs = settleFailure(about, result.failure, result);
      const { outcome, reason, remedy, check, set } = result.failure;
      decide(outcome, about, { ...timing, reason, remedy, check, set, retryInMs });
      if (ledger.pending?.exhausted === true) events.emit('circuit', { rule: name, open: true });
      return;
    }
    if (ledger.pending?.exhausted === true) events.emit('circuit', { rule: name, open: false });
    ledger = succeed(next, [...result.targets, ...(result.current ?? [])]);
    // A dry run must not make a later real one believe that the content was applied.
    if (result.outcome !== 'dry-run') markApplied();
    decide(result.outcome, about, timing);
  };

  /** Nothing new about content that was given up. */
  const comeBack = (): Considered => {
    const retryAtMs = clock.elapsed() + parts.retry.maxDelayMs;
    if (ledger.pending) ledger = { ...ledger, pending: { ...ledger.pending, retryAtMs } };
    return dueIn();
  };

  const dueIn = (): Considered => {
    const leftMs = (ledger.pending?.retryAtMs ?? Number.POSITIVE_INFINITY) - clock.elapsed();
    return Number.isFinite(leftMs)
      ? { acted: false, retryInMs: Math.max(0, leftMs) }
      : { acted: false };
  };

  return {
    name,
    action: action.kind,
    preview: () => previewTargets(parts),
    inspect: () => ({ content, ledger }),
    begin: (view) => {
      content = observe(undefined, ownView(view), parts.counts);
      ledger = begin(content, mayBeBehind(parts, content));
      if (!ledger.doubt) markApplied();
    },
    consider: async (view, burst, signal) => {
      const before = content;
      const own = ownView(view);
      const next = observe(before, own, parts.counts);
      content = next;
      const changes = diffSnapshots(ledger.applied, next.snapshots);
      const about = { changes, hash: next.hash };
      dropSuperseded(next);
      if (changes.size === 0 && !ledger.doubt && !burst.force) {
        const outcome = before?.rawHash === next.rawHash ? 'unchanged' : 'filtered';
        return isNews(burst)
          ? { acted: false, sayIdle: () => decide(outcome, about) }
          : { acted: false };
      }
      if (own.size === 0) {
        // What cannot be read here is likely gone for the app as well: a reload would break it.
        if (burst.force) decide('not-ready', about, nothingReadable);
        return { acted: false };
      }
      if (!burst.force && clock.elapsed() < (ledger.pending?.retryAtMs ?? 0)) return dueIn();
      if (changes.size > 0 && before?.hash !== next.hash) {
        events.emit('update-seen', { rule: name, ...about });
      }
      const startMs = clock.elapsed();
      action = chooseAction(parts.action, parts.escalation, ledger.pending);
      const result = await attempt(
        { ...parts, action },
        {
          ...about,
          watched: changedOnly(parts.watched, changes),
          becameAtMs: newestOf(next, [...changes.keys()])?.becameAtMs ?? 0,
          force: burst.force,
          known: ledger.known,
          // Whoever starts after us must not believe that the app still has what it had.
          beforeActing: () => parts.memory.forget(name),
          lookOnly: burst.force ? undefined : ledger.pending?.givenUp,
        },
        signal,
      );
      if ('failure' in result && ledger.pending?.givenUp === result.failure) return comeBack();
      settle(next, about, result, startMs);
      return { ...dueIn(), acted: result.actedAtMs !== undefined };
    },
  };
}

/**
 * What is there at the start counts as applied, unless the app may be behind: a target that runs
 * already may be older than the content, which the first attempt finds out. One that starts later
 * will have read it.
 */
function mayBeBehind(parts: RuleParts, content: Content): boolean {
  const recalled = parts.memory.recall(parts.name);
  if (recalled !== undefined) {
    return [...content.snapshots].some(([path, { hash }]) => recalled[path] !== hash);
  }
  const resolution = parts.resolve(parts.watched);
  if ('targets' in resolution) return resolution.targets.length > 0;
  const mayRun = !parts.action.needsTarget || resolution.failure.mayRun === true;
  return mayRun && parts.mayHaveMissed(content);
}

const nothingReadable = {
  reason: 'no mount of this rule can be read now',
  remedy: 'see the line "mount cannot be read"',
};

/** How long it took from the swap is only known of an update that was seen coming. */
function describeTiming(
  content: Content,
  { changes }: About,
  { targets, actedAtMs }: Attempted,
  tookMs: number,
): object {
  const newest = changes.size === 0 ? undefined : newestOf(content, [...changes.keys()]);
  if (newest === undefined || actedAtMs === undefined) return { targets, tookMs };
  return {
    targets,
    tookMs,
    swapToReloadMs: Math.max(0, actedAtMs - newest.snapshot.swappedAtMs),
  };
}

/** Retries and the start come of our own doing, and say nothing about the content. */
function isNews({ sources }: Burst): boolean {
  return [...sources].some((source) => source !== 'retry' && source !== 'start');
}

/** The volumes to find the app by; all of them where it is not known what changed. */
function changedOnly(watched: readonly Watched[], changes: Changes): readonly Watched[] {
  const changed = watched.filter(({ path }) => changes.has(path));
  return changed.length === 0 ? watched : changed;
}
