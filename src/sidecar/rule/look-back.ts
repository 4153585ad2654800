import { identify, isYoungerThan } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { AttemptParts } from './attempt.ts';
import { type Content, newestOf } from './content.ts';
import { type Standing, nobody, standingOf } from './standing.ts';
import type { Applied, Memory } from './memory.ts';

export type LookBackParts = AttemptParts & {
  name: string;
  memory: Memory;
  /** Where no process tells what the app has read: whether it may have missed the content. */
  mayHaveMissed: (content: Content) => boolean;
  /** Paths of the mounts that are read, where those that the app sees are others. */
  sources?: readonly string[] | undefined;
};

/**
 * The start of a rule. Knows what was written down by an earlier run of rehup, if anything was, and who
 * runs now. Decides whether what is there counts as applied, and whom that is known of: a target that
 * runs already may be older than the content, which the first attempt then finds out. One that starts
 * later will have read it.
 */
export function lookBack(parts: LookBackParts, content: Content): Standing {
  const { memory, name, resolve, watched } = parts;
  const applied = memory.recall(name);
  if (applied === undefined) return { holders: [], doubt: mayBeBehind(parts, content) };
  if (isOther(content, applied)) {
    return { holders: [], doubt: true, stale: applied.targets ?? [] };
  }
  const holds = holdsApplied(applied, content, isWhole(parts, content.snapshots));
  return standingOf(resolve(watched, 'lately'), holds) ?? nobody;
}

/** Every mount has been read. */
export function isWhole(
  parts: Pick<LookBackParts, 'watched' | 'sources'>,
  snapshots: Snapshots,
): boolean {
  return sourcesOf(parts).every((path) => snapshots.has(path));
}

export function sourcesOf({
  watched,
  sources,
}: Pick<LookBackParts, 'watched' | 'sources'>): readonly string[] {
  return sources ?? watched.map(({ path }) => path);
}

function isOther({ snapshots }: Content, { mounts }: Applied): boolean {
  return [...snapshots].some(([path, { hash }]) => mounts[path] !== hash);
}

/** Content may have gone and come back meanwhile: who started in between has read something else. */
function holdsApplied(
  { targets }: Applied,
  content: Content,
  whole: boolean,
): (target: Process) => boolean {
  const becameAtMs = newestOf(content, [])?.becameAtMs ?? 0;
  return (target) =>
    targets === undefined ||
    targets.includes(identify(target)) ||
    (whole && isYoungerThan(target, becameAtMs));
}

function mayBeBehind(
  { resolve, watched, action, mayHaveMissed }: LookBackParts,
  content: Content,
): boolean {
  const resolution = resolve(watched, 'lately');
  if ('targets' in resolution) return resolution.targets.length > 0;
  const mayRun = !action.needsTarget || resolution.failure.mayRun === true;
  return mayRun && mayHaveMissed(content);
}
