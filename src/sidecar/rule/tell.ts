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
  const { rule, publisher, isNew } = telling;
  const shown = publisher.shown();
  if (shown === undefined) return { failure: nothingShown, targets: [] };
  if (!(shown.proved && input.force) && isAwaited(rule, input)) {
    return shown.proved ? { outcome: 'already-current', targets: [] } : awaiting(isNew);
  }
  const told = await tellOf(rule, shown, input, ends);
  // Of what was proved before, nothing more is asked.
  if (shown.proved) return isNew ? asPublished(told) : told;
  if ('failure' in told) {
    return isOfContent(told.failure) ? await goBack(telling, told, input, ends) : told;
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

function isAwaited({ resolve, action }: AttemptParts, { about }: AttemptInput): boolean {
  const resolution = resolve(about);
  if (!('failure' in resolution)) return false;
  const { failure } = resolution;
  // Whoever is there already, and does not follow, has not to be waited for.
  const isThere = failure === notShared || failure.mayRun === true || failure.restartHelps === true;
  if (failure.outcome !== 'no-target' || isThere) return false;
  // What needs no process may well reach the app in another way.
  const isByProcess = action.needsTarget || action.kind === 'none';
  return isByProcess || failure.check === 'app-not-running';
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
function isOfContent({ outcome, unread, retryAfterMs }: Failure): boolean {
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
