import type { Clock } from '../system/clock.ts';
import type { Decision, EventBus } from './events.ts';
import { isTaken } from './outcome.ts';
import { clear, compare, look, type Outlook, runInto } from './rule/outlook.ts';
import type { Rule } from './rule/rule.ts';

export type LookoutInput = {
  rules: readonly Pick<Rule, 'name' | 'preview'>[];
  clock: Clock;
  events: EventBus;
  /** Another text when a process has started or ended. */
  readPids: () => string;
};

/** How often it is asked whether processes have come or gone, which costs little. */
const ASK_EVERY_MS = 10_000;

/** What an app does about its signals shows in no process that comes or goes. */
const LOOK_EVERY_MS = 600_000;

/**
 * Looks, without acting, whether a reload would work: at the start, when processes have come or gone,
 * and now and then. So that what is wrong is known before the first update, and not by its failure.
 */
export async function lookOut(input: LookoutInput, signal: AbortSignal): Promise<void> {
  const { rules, clock, events } = input;
  const outlooks = new Map<string, Outlook>();

  const take = (rule: string, next: Outlook | undefined, saidOtherwise = false): void => {
    if (next === undefined) return;
    const before = outlooks.get(rule);
    outlooks.set(rule, next);
    const difference = compare(before, next);
    if (difference === 'same') return;
    const news = difference === 'news' && !saidOtherwise;
    events.emit('reloadable', { rule, ...(next.failure && { failure: next.failure }), news });
  };
  /** What came of an attempt is told as such. */
  const onDecided = ({ rule, outcome, reason = '', remedy, check }: Decision): void => {
    const nowMs = clock.elapsed();
    if (isTaken(outcome)) return take(rule, clear(nowMs), true);
    if (!isOfTarget(outcome)) return undefined;
    const failure = { outcome, reason, ...(remedy && { remedy }), ...(check && { check }) };
    return take(rule, runInto(outlooks.get(rule), failure, nowMs), true);
  };
  /** Whether it is to be looked again, since a target was just starting, or has stayed away. */
  const lookAtAll = (): boolean => {
    const previews = rules.map((rule) => ({ rule: rule.name, preview: rule.preview() }));
    const nowMs = clock.elapsed();
    for (const { rule, preview } of previews) take(rule, look(outlooks.get(rule), preview, nowMs));
    return previews.some(({ preview }) => preview.early === true || preview.awaited !== undefined);
  };

  events.on('decided', onDecided);
  try {
    let seen: Seen | undefined;
    for (;;) {
      seen = lookIfDue(seen, input, lookAtAll);
      await clock.sleep(ASK_EVERY_MS, signal);
    }
  } finally {
    events.off('decided', onDecided);
  }
}

type Seen = { pids: string; atMs: number; isOpen: boolean };

function lookIfDue(
  seen: Seen | undefined,
  { clock, readPids }: LookoutInput,
  lookAtAll: () => boolean,
): Seen | undefined {
  try {
    const pids = readPids();
    const atMs = clock.elapsed();
    const isDue =
      seen === undefined || seen.isOpen || pids !== seen.pids || atMs - seen.atMs >= LOOK_EVERY_MS;
    return isDue ? { pids, atMs, isOpen: lookAtAll() } : seen;
  } catch {
    // Not to be read just now: the next look is as good.
    return seen;
  }
}

type OfTarget = 'no-target' | 'ambiguous-target' | 'no-handler' | 'not-permitted';

function isOfTarget(outcome: Decision['outcome']): outcome is OfTarget {
  const ofTarget = ['no-target', 'ambiguous-target', 'no-handler', 'not-permitted'];
  return ofTarget.includes(outcome);
}
