import type { Ends } from '../ends.ts';
import type { Failure } from '../outcome.ts';
import type { Publisher, Shown } from '../publish/publisher.ts';
import type { Process } from '../target/processes.ts';
import { notShared } from '../target/select.ts';
import { attempt, type Attempted, type AttemptInput, type AttemptParts } from './attempt.ts';

export type Telling = {
  rule: AttemptParts;
  publisher: Publisher;
  /** It was flipped just now. */
  isNew: boolean;
  /** How long the app may stay away after its content was published, in milliseconds. */
  awayMs: number;
  /** Content was taken back since nobody has been seen with it. */
  onTakenBack: (hash: string) => void;
  /** These took the last good content again. */
  onBack: (targets: readonly Process[]) => void;
  /** Where there is no last good content yet: brings one, if there is any elsewhere. */
  findGood?: (() => Promise<void>) | undefined;
};

/** What was validated is what is shown; nothing else can have been read, and it stays. */
const asShown = {
  validate: undefined,
  hasStayed: () => Promise.resolve(true),
};

/** Tells the app of what is shown, and proves that it took it; where it fails with it, flips back. */
export async function tell(telling: Telling, input: AttemptInput, ends: Ends): Promise<Attempted> {
  const { rule, publisher, isNew, onTakenBack } = telling;
  const shown = publisher.shown();
  if (shown === undefined) return { failure: nothingShown, targets: [] };
  if (isOverdue(telling, shown, input) && publisher.takeBack() !== undefined) {
    onTakenBack(shown.hash);
    return { failure: notSeen, targets: [] };
  }
  if (!(shown.proved && input.force) && isAwaited(rule, input)) {
    return shown.proved ? { outcome: 'already-current', targets: [] } : awaiting(isNew);
  }
  const told = await tellOf(rule, shown, input, ends);
  // Of what was proved before, nothing more is asked.
  if (shown.proved) return isNew ? asPublished(told) : told;
  if ('failure' in told) {
    return appFailedWithIt(told.failure) ? await goBack(telling, told, input, ends) : told;
  }
  if (told.outcome === 'dry-run') return told;
  await publisher.prove();
  const silent = !isNew && told.outcome === 'already-current';
  return { ...told, outcome: 'published', ...(silent && { silent }) };
}

/** It was shown before, and is again. */
function asPublished(told: Attempted): Attempted {
  return 'outcome' in told && told.outcome === 'reloaded'
    ? { ...told, outcome: 'published' }
    : told;
}

const nothingShown: Failure = { outcome: 'not-ready', reason: 'nothing is published yet' };

/** Nobody runs who mounts it: whoever starts reads it then, and it is proved by that. */
function awaiting(isNew: boolean): Attempted {
  return { outcome: 'published', targets: [], ...(!isNew && { silent: true }) };
}

function isAwaited(rule: AttemptParts, input: AttemptInput): boolean {
  const failure = whyAway(rule, input);
  if (failure === undefined) return false;
  // What needs no process may well reach the app in another way.
  const isByProcess = rule.action.needsTarget || rule.action.kind === 'none';
  return isByProcess || failure.check === 'app-not-running';
}

/** Why there is no process; `undefined` where there is one, or may be. */
function whyAway({ resolve }: AttemptParts, { about }: AttemptInput): Failure | undefined {
  const resolution = resolve(about);
  if (!('failure' in resolution)) return undefined;
  const { failure } = resolution;
  // Whoever is there already, and does not follow, has not to be waited for.
  const isThere = failure === notShared || failure.mayRun === true || failure.restartHelps === true;
  return failure.outcome !== 'no-target' || isThere ? undefined : failure;
}

/**
 * Nobody has been seen for so long that the kubelet has started the app in between, which must have
 * ended at once, and maybe of this content: from outside, it looks as if it had never been started.
 */
function isOverdue({ rule, awayMs }: Telling, shown: Shown, input: AttemptInput): boolean {
  if (shown.proved || rule.clock.uptime() - shown.sinceMs < awayMs) return false;
  return whyAway(rule, input) !== undefined;
}

const notSeen: Failure = {
  outcome: 'no-target',
  reason:
    'the app has not been seen since this content was published, and may end of it at once; the last good content is published until it runs',
  remedy:
    'look at why the app does not run: kubectl describe pod; this content is published again once it does',
};

/** What was taken back since nobody was seen with it waits until somebody is there, who can be told. */
export function staysBack(rule: AttemptParts, input: AttemptInput): Attempted | undefined {
  return whyAway(rule, input) && { failure: notSeen, targets: [] };
}

/** Acts on those who are older than what is shown, and proves it on those who are not, too. */
async function tellOf(
  rule: AttemptParts,
  shown: Shown,
  input: AttemptInput,
  ends: Ends,
): Promise<Attempted> {
  const about = { ...input, ...asShown, becameAtMs: shown.sinceMs };
  const told = await attempt({ ...rule, ...asShown }, about, ends);
  if ('movedOn' in told) throw new Error('what is shown has moved');
  if ('failure' in told || told.outcome !== 'already-current' || shown.proved) return told;
  const { targets } = told;
  const request = { changes: input.changes, hash: input.hash, targets, sent: undefined };
  const failure = await rule.prove(request, ends.now);
  return failure ? { failure, targets } : told;
}

/** The app has read it, and fails with it: not because it is busy, or was not reached. */
function appFailedWithIt({ outcome, unread, retryAfterMs }: Failure): boolean {
  if (unread === true || retryAfterMs !== undefined) return false;
  return ['target-died', 'rejected', 'unverified'].includes(outcome);
}

async function goBack(
  { rule, publisher, onBack, findGood }: Telling,
  told: Attempted & { failure: Failure },
  input: AttemptInput,
  ends: Ends,
): Promise<Attempted> {
  const { failure, targets, actedAtMs } = told;
  if (publisher.lastGood() === undefined) await findGood?.();
  const good = publisher.flipBack({ hash: input.hash, reason: failure.reason });
  if (good === undefined) return told;
  // Nobody will live on with the content that failed, by which it could be told that it is the signal.
  rule.spare.meet({ found: [], hash: good.hash, becameAtMs: good.sinceMs });
  const again = { ...input, hash: good.hash, known: new Map(), force: false };
  const back = await tellOf(rule, good, again, ends);
  const acted = actedAtMs === undefined ? {} : { actedAtMs };
  if (!('failure' in back)) onBack([...back.targets, ...(back.current ?? [])]);
  // The app fails with what it took before as well: it is not the content.
  else if (back.failure.outcome === failure.outcome) {
    publisher.forgive();
    return { failure, targets, ...acted };
  }
  return { failure: rolledBack(failure), targets, ...acted };
}

function rolledBack({ outcome, reason, endedPid }: Failure): Failure {
  return {
    outcome: 'rolled-back',
    reason: `${outcome}: ${reason}; the last good content is published again`,
    remedy:
      'look at the log of the app, and correct the content; this one is not tried again by itself',
    ...(endedPid !== undefined && { endedPid }),
  };
}
