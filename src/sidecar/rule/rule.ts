import type { Action } from '../act/action.ts';
import type { RetryPolicy } from '../../system/retry.ts';
import type { Counts } from '../../config/globs.ts';
import type { EventBus } from '../events.ts';
import type { Failure, Outcome } from '../outcome.ts';
import { type Burst, isNews } from '../settle.ts';
import { type Changes, diffSnapshots } from '../snapshot/diff.ts';
import { hashSnapshots } from '../snapshot/snapshot.ts';
import type { View } from '../snapshot/view.ts';
import { attempt, type Attempted } from './attempt.ts';
import { findComeback, isWhole, lookBack, type LookBackParts, lookBetween } from './behind.ts';
import { changedOnly, type Content, hasStayed, newestOf, observe } from './content.ts';
import { chooseAction } from './escalation.ts';
import type { Escalation } from '../act/action.ts';
import { begin, emptyLedger, fail, holdersOf, type Ledger, succeed, supersede } from './ledger.ts';
import { planRetry } from './plan-retry.ts';
import { previewTargets, type Preview } from './preview.ts';
import { createQuietTime, type QuietParts } from './quiet.ts';
import { describeTiming } from './timing.ts';

export type RuleParts = LookBackParts &
  QuietParts & {
    counts: Counts;
    retry: RetryPolicy;
    escalation?: Escalation;
    random: () => number;
    events: EventBus;
  };

/** One look at the content, what brought it about, and a way to look once more. */
export type Turn = { view: View; burst: Burst; readAgain: () => Promise<View> };

export type Considered = {
  /** When to come back without a hint, in milliseconds. */
  retryInMs?: number;
  /** The app was acted on. */
  acted: boolean;
  /** Time went into an attempt. */
  attempted?: true;
  /** There was nothing to do; says so, if no other rule had anything to do either. */
  sayIdle?: () => void;
};

export type Rule = {
  name: string;
  action: Action['kind'];
  /** Takes the first look. Acts on nobody. */
  begin: (view: View) => void;
  /** Compares what was read with what is applied, and reloads the app where they differ. */
  consider: (turn: Turn, signal: AbortSignal) => Promise<Considered>;
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
  const quietUntil = createQuietTime(parts);

  const decide = (outcome: Outcome, about: About, more = {}): void => {
    const decision = { rule: name, action: action.kind, outcome, targets: [], ...about, ...more };
    events.emit('decided', { ...decision, pending: ledger.pending !== undefined });
  };

  /** Other rules may watch other mounts. */
  const ownView = (view: View): View =>
    new Map([...view].filter(([mount]) => parts.watched.some(({ path }) => path === mount)));

  const remember = (): void => {
    // Of a mount that cannot be read yet, what was remembered still holds.
    if (!isWhole(parts, ledger.applied) && parts.memory.recall(name) !== undefined) return;
    const holders = holdersOf(ledger, hashSnapshots(ledger.applied));
    parts.memory.remember(name, ledger.applied, holders);
  };

  /** Without acting on anybody: who has the content may turn out to be others than was remembered. */
  const correct = (next: Ledger): void => {
    const hash = hashSnapshots(ledger.applied);
    const isOther = holdersOf(ledger, hash).join(' ') !== holdersOf(next, hash).join(' ');
    ledger = next;
    if (!isOther || parts.dryRun || parts.memory.recall(name) === undefined) return;
    parts.memory.forget(name);
    remember();
  };

  const markApplied = (): void => {
    if (!ledger.doubt) remember();
    events.emit('applied', { rule: name, snapshots: ledger.applied });
  };

  /** What is there was there before, and may have been away while a target read it. */
  const checkComeback = (
    before: Content | undefined,
    next: Content,
    quietUntilMs: number,
  ): void => {
    const comeback = findComeback(before, next, quietUntilMs);
    const found = comeback && lookBetween(parts, comeback, ledger.known);
    if (found !== undefined) correct(begin(next, found, ledger.known));
  };

  /** Newer content ends what was pending, and gives a broken circuit another chance. */
  const dropSuperseded = (next: Content): void => {
    const { pending } = ledger;
    if (pending === undefined || pending.hash === next.hash) return;
    decide(
      'superseded',
      { changes: new Map(), hash: pending.hash },
      { reason: 'newer content arrived' },
    );
    ledger = supersede(ledger);
    if (pending.exhausted) events.emit('circuit', { rule: name, open: false });
  };

  const settleFailure = (
    about: About,
    failure: Failure,
    { targets, actedAtMs }: Attempted,
    becameAtMs: number,
  ): number | undefined => {
    const { failures, retryInMs, exhausted } = planRetry({
      policy: parts.retry,
      failure,
      before: ledger.pending?.failures,
      escalated: action !== parts.action,
      random: parts.random(),
    });
    const givenUp = retryInMs === undefined && failure.outcome !== 'invalid' ? failure : undefined;
    const backInMs = givenUp ? parts.retry.maxDelayMs : (retryInMs ?? Number.POSITIVE_INFINITY);
    const retryAtMs = clock.elapsed() + backInMs;
    const pending = { hash: about.hash, failures, retryAtMs, givenUp, exhausted };
    const acted = actedAtMs !== undefined;
    correct(fail(ledger, pending, { acted, targets, becameAtMs }));
    return retryInMs;
  };

  const settle = (next: Content, about: About, result: Attempted, startMs: number): void => {
    const tookMs = clock.elapsed() - startMs;
    const timing = describeTiming(next, about.changes, result, tookMs);
    if ('failure' in result) {
      const { becameAtMs = 0 } = newestOf(next, [...about.changes.keys()]) ?? {};
      const retryInMs = settleFailure(about, result.failure, result, becameAtMs);
      const { outcome, reason, remedy, check, set } = result.failure;
      decide(outcome, about, { ...timing, reason, remedy, check, set, retryInMs });
      if (ledger.pending?.exhausted === true) events.emit('circuit', { rule: name, open: true });
      return;
    }
    if (ledger.pending?.exhausted === true) events.emit('circuit', { rule: name, open: false });
    const { targets, actedAtMs, current = [], isUnsure = false } = result;
    const toMs = clock.uptime();
    const read = { fromMs: toMs - tookMs, toMs };
    const found =
      actedAtMs === undefined
        ? { reloaded: [], current: targets, read }
        : { reloaded: targets, current, read };
    ledger = isUnsure
      ? begin(next, { sure: current, doubt: true }, ledger.known)
      : succeed(next, found, ledger.known);
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
      ledger = begin(content, lookBack(parts, content));
      if (!ledger.doubt) markApplied();
    },
    consider: async ({ view, burst, readAgain }, signal) => {
      const before = content;
      const own = ownView(view);
      const next = observe(before, own, parts.counts);
      content = next;
      const changes = diffSnapshots(ledger.applied, next.snapshots);
      const about = { changes, hash: next.hash };
      dropSuperseded(next);
      const quietUntilMs = quietUntil(burst, next, own);
      if (changes.size === 0 && !ledger.doubt) checkComeback(before, next, quietUntilMs);
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
          about: changedOnly(parts.watched, changes),
          becameAtMs: newestOf(next, [...changes.keys()])?.becameAtMs ?? 0,
          force: burst.force,
          known: ledger.known,
          // Whoever starts after us must not believe that the app still has what it had.
          beforeActing: () => parts.memory.forget(name),
          hasStayed: async () => hasStayed(next, await readAgain(), parts.counts),
          lookOnly: burst.force ? undefined : ledger.pending?.givenUp,
        },
        signal,
      );
      if ('failure' in result && ledger.pending?.givenUp === result.failure) return comeBack();
      settle(next, about, result, startMs);
      return { ...dueIn(), acted: result.actedAtMs !== undefined, attempted: true };
    },
  };
}

const nothingReadable = {
  reason: 'no mount of this rule can be read now',
  remedy: 'see the line "mount cannot be read"',
};
