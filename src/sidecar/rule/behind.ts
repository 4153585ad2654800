import { identify, isYoungerThan, mayMeet, type Span, startOf } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { AttemptParts } from './attempt.ts';
import { type Content, newestOf } from './content.ts';
import type { Found, Known } from './ledger.ts';
import type { Memory } from './memory.ts';

type ResolveParts = Pick<AttemptParts, 'resolve' | 'watched'>;

export type LookBackParts = AttemptParts & {
  name: string;
  memory: Memory;
  /** Where no process tells what the app has read: whether it may have missed the content. */
  mayHaveMissed: (content: Content) => boolean;
};

/**
 * What is there at the start counts as applied, unless the app may be behind: a target that runs
 * already may be older than the content, which the first attempt finds out. One that starts later
 * will have read it.
 */
export function lookBack(parts: LookBackParts, content: Content): Found {
  const recalled = parts.memory.recall(parts.name);
  if (recalled === undefined) return { sure: [], doubt: mayBeBehind(parts, content) };
  const { mounts, targets: holders } = recalled;
  const isOther = [...content.snapshots].some(([path, { hash }]) => mounts[path] !== hash);
  if (isOther) return { sure: [], doubt: true, stale: holders ?? [] };
  // Content may have gone and come back meanwhile: who started then has read something else.
  const becameAtMs = newestOf(content, [])?.becameAtMs ?? 0;
  const holds = (target: Process): boolean =>
    holders === undefined ||
    holders.includes(identify(target)) ||
    (isWhole(parts, content.snapshots) && isYoungerThan(target, becameAtMs));
  // Nobody to be found is nobody to be behind: who starts later will have read it.
  return split(parts, holds) ?? { sure: [], doubt: false };
}

/** Every mount has been read. */
export function isWhole({ watched }: Pick<ResolveParts, 'watched'>, snapshots: Snapshots): boolean {
  return watched.every(({ path }) => snapshots.has(path));
}

function mayBeBehind(
  { resolve, watched, action, mayHaveMissed }: LookBackParts,
  content: Content,
): boolean {
  const resolution = resolve(watched);
  if ('targets' in resolution) return resolution.targets.length > 0;
  const mayRun = !action.needsTarget || resolution.failure.mayRun === true;
  return mayRun && mayHaveMissed(content);
}

/** Mounts were swapped that hold the same as before, as far as it counts. */
export type Comeback = {
  /** When something else may have been there; `undefined` if keys that do not count explain it all. */
  away: Span | undefined;
};

/**
 * Whether content went and came back between two readings, so that nobody saw what was there
 * meanwhile. The kubelet writes no volume anew whose content is the same.
 *
 * @param quietUntilMs Until then nothing moved, on `Clock.uptime`.
 */
export function findComeback(
  before: Content | undefined,
  next: Content,
  quietUntilMs: number,
): Comeback | undefined {
  const swapped = [...next.tracked].flatMap(([path, { snapshot, becameAtMs }]) => {
    const then = before?.tracked.get(path);
    const isBack =
      then?.snapshot.hash === snapshot.hash && then.snapshot.swappedAtMs !== snapshot.swappedAtMs;
    return isBack
      ? [{ path, fromMs: Math.max(then.readAtMs, quietUntilMs), toMs: becameAtMs }]
      : [];
  });
  if (swapped.length === 0) return undefined;
  const spans = swapped.filter(({ path }) => before?.raw.get(path) === next.raw.get(path));
  if (spans.length === 0) return { away: undefined };
  return {
    away: {
      fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
      toMs: Math.max(...spans.map(({ toMs }) => toMs)),
    },
  };
}

/**
 * Who has the content that was away, where all targets had it before: not who may have read it just
 * then. `undefined` if that cannot be told now.
 */
export function lookBetween(
  parts: ResolveParts,
  { away }: Comeback,
  known: Known,
): Found | undefined {
  return split(parts, (target) => {
    const read = known.get(identify(target))?.read ?? startOf(target);
    return away === undefined || isYoungerThan(target, away.toMs) || !mayMeet(read, away);
  });
}

function split(
  { resolve, watched }: ResolveParts,
  holds: (target: Process) => boolean,
): Found | undefined {
  const resolution = resolve(watched);
  if ('failure' in resolution) return undefined;
  const sure = resolution.targets.filter(holds);
  return { sure, doubt: sure.length < resolution.targets.length };
}
