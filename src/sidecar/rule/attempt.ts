import { outOfResources, RAISE_LIMITS } from '../../system/out-of-resources.ts';
import type { Ends } from '../ends.ts';
import type { Failure } from '../outcome.ts';
import type { Changes } from '../snapshot/diff.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import { identify, isYoungerThan } from '../target/age.ts';
import type { Watched } from '../target/resolution.ts';
import type { Process } from '../target/processes.ts';
import type { Resolve } from '../target/resolver.ts';
import type { Validate } from '../validate/create.ts';
import type { AwaitReady, Prove } from '../verify/create.ts';
import type { Gate } from './gate.ts';
import { type Holdings, NO_PROCESS, OTHER_CONTENT } from './holdings.ts';
import { findObstacle, type ObstacleParts } from './obstacle.ts';

/** What an attempt needs of the outside; chosen once per rule. */
export type AttemptParts = ObstacleParts & {
  resolve: Resolve;
  /** `undefined` where nothing is validated. */
  validate: Validate | undefined;
  awaitReady: AwaitReady;
  prove: Prove;
  dryRun: boolean;
  /** Who has a say in when new content is due, if anybody has. */
  gate?: Gate | undefined;
};

export type AttemptInput = {
  changes: Changes;
  hash: string;
  /** What the sources hold. */
  snapshots: Snapshots;
  /** The volumes to find the app by. */
  about: readonly Watched[];
  /** When the newest of the content came to be, on `Clock.uptime`. */
  becameAtMs: number;
  /** Act on targets that have the content already, too. */
  force: boolean;
  known: Holdings;
  /** Told right before the app is acted on. */
  beforeActing: () => void;
  /** Asked before acting whether what was validated is still what this is about. */
  hasMoved: () => Promise<boolean>;
  /** Asked at the end whether the content is still there, since the app has read what was there by then. */
  hasStayed: () => Promise<boolean>;
  /** Only find out whether the targets have the content by now; this, if they do not. */
  lookOnly?: Failure | undefined;
};

export type Attempted = {
  /** Those that were, or were to be, acted on. */
  targets: readonly Process[];
  /** Those that were found to have the content already. */
  current?: readonly Process[];
  /** When the action was carried out, wall clock; `undefined` if it was not. */
  actedAtMs?: number;
  /** They may have read something else than this content. */
  isUnsure?: boolean;
  /** It was told of before. */
  silent?: boolean;
} & ({ outcome: 'reloaded' | 'published' | 'already-current' | 'dry-run' } | { failure: Failure });

/** While it was validated, other content came: there is no verdict on what was read, and nothing was done. */
export type MovedOn = { movedOn: true };

/**
 * One attempt to make the app take the content: validate, find the targets, leave out those that have it,
 * look what stands against it, act, prove. Knows the content and who is known to have it; decides
 * nothing about what follows, and changes nothing that is known.
 */
export async function attempt(
  parts: AttemptParts,
  input: AttemptInput,
  ends: Ends,
): Promise<Attempted | MovedOn> {
  let acting: Pick<Attempted, 'targets' | 'actedAtMs'> = { targets: [] };
  const onActing = (targets: readonly Process[], actedAtMs: number): void => {
    acting = { targets, actedAtMs };
    input.beforeActing();
  };
  try {
    return await tryOnce(parts, { ...input, onActing }, ends);
  } catch (error) {
    // Wherever it comes up: it passes, and the reload is tried again.
    const code = outOfResources(error);
    if (code === undefined) throw error;
    return { ...acting, failure: cannotOpen(code) };
  }
}

function cannotOpen(code: string): Failure {
  const reason = `rehup has run out of files or memory for the moment: ${code}`;
  return { outcome: 'not-ready', reason, remedy: RAISE_LIMITS };
}

type TryInput = Omit<AttemptInput, 'beforeActing'> & {
  onActing: (targets: readonly Process[], actedAtMs: number) => void;
};

async function tryOnce(
  parts: AttemptParts,
  input: TryInput,
  ends: Ends,
): Promise<Attempted | MovedOn> {
  const { action, clock } = parts;
  const { changes, hash } = input;
  if (parts.validate && !input.lookOnly) {
    const invalid = await parts.validate({ changes, hash }, ends.soon);
    // The verdict is about what is there now, and so would be whatever is done on it.
    if (await input.hasMoved()) return { movedOn: true };
    if (invalid) return { failure: invalid, targets: [] };
  }
  const resolution = parts.resolve(input.about);
  if ('failure' in resolution && action.needsTarget) {
    return { failure: resolution.failure, targets: [] };
  }
  const found = 'targets' in resolution ? resolution.targets : [];
  parts.spare.meet({ found, hash, becameAtMs: input.becameAtMs });
  const targets = input.force ? found : found.filter((target) => !isCurrent(target, input));
  if (isDone(found, input) && !input.force) return { outcome: 'already-current', targets: found };
  if (input.lookOnly) return { failure: input.lookOnly, targets };
  const { becameAtMs, force } = input;
  const request = { changes, hash, targets, becameAtMs, force };
  const obstacle =
    findObstacle(parts, { resolution, request }, input.force) ??
    (await parts.awaitReady(ends.soon));
  if (obstacle) return { failure: obstacle, targets };
  if (parts.dryRun) return { outcome: 'dry-run', targets };
  const actedAtMs = clock.now();
  input.onActing(targets, actedAtMs);
  // A target that is meant to end has nothing to survive.
  const survivors = action.endsTarget === true ? [] : targets;
  const failure =
    (await action.perform(request, ends.now)) ??
    (await parts.prove({ ...request, targets: survivors, sent: action.signal }, ends.now));
  parts.spare.learn(action, request, failure);
  if (failure) return { failure, targets, actedAtMs };
  const current = found.filter((target) => !targets.includes(target));
  const isUnsure = !(await input.hasStayed());
  return { outcome: 'reloaded', targets, current, actedAtMs, isUnsure };
}

/** All that were found have it; where none was, whoever starts has read what is there. */
function isDone(found: readonly Process[], input: Needed): boolean {
  return found.length > 0
    ? found.every((target) => isCurrent(target, input))
    : input.known.get(NO_PROCESS)?.hash === input.hash;
}

type Needed = Pick<AttemptInput, 'becameAtMs' | 'known' | 'hash'>;

/**
 * An attempt where somebody else has a say in when the content is due: asked before it, told after it.
 * Those that have the content need nobody's leave, and whoever asks for a reload has given it.
 *
 * @param isNew It is to be brought out, and other content is out; `undefined`: the targets tell who needs it.
 */
export async function attemptInTurn(
  run: typeof attempt,
  isNew: boolean | undefined,
  ...[parts, input, ends]: Parameters<typeof attempt>
): Promise<Attempted | MovedOn> {
  const { gate } = parts;
  if (gate === undefined || input.lookOnly || parts.dryRun) return await run(parts, input, ends);
  const isAsked = !input.force && (isNew ?? isNeeded(parts, input));
  if (isAsked) {
    const closed = await gate.ask(input.hash, ends.soon);
    if (closed !== undefined) return { failure: closed, targets: [] };
    // It takes a while to be answered.
    const isOver = await input.hasMoved();
    if (isOver) return { movedOn: true };
  }
  const result = await run(parts, input, ends);
  if ('movedOn' in result) return result;
  const { targets, actedAtMs } = result;
  const failure = 'failure' in result ? result.failure : undefined;
  // What was published and proved by the life of the app has been acted on, too.
  const isProved = 'outcome' in result && result.outcome === 'published' && targets.length > 0;
  const { changes, hash } = input;
  const acted = isProved || actedAtMs !== undefined;
  if (isAsked || acted) gate.tell({ request: { changes, hash, targets }, failure, acted });
  return result;
}

function isNeeded({ resolve, action }: AttemptParts, input: AttemptInput): boolean {
  const resolution = resolve(input.about);
  if ('failure' in resolution && action.needsTarget) return false;
  return !isDone('targets' in resolution ? resolution.targets : [], input);
}

/** What was written down counts for more than start times: a clock may have been stepped meanwhile. */
function isCurrent(target: Process, { becameAtMs, known, hash }: Needed): boolean {
  const held = known.get(identify(target))?.hash;
  return held !== OTHER_CONTENT && (isYoungerThan(target, becameAtMs) || held === hash);
}
