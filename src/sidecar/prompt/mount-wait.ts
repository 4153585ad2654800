import { sourceKey } from '../../kubernetes/sources.ts';
import type { SourceReference } from '../../kubernetes/types.ts';
import type { Mount } from '../mount/mount.ts';
import type { Ask } from './schedule.ts';

/** An object that moved, and a mount that its content is to arrive at. */
export type Awaited = {
  mount: Mount;
  source: SourceReference;
  resourceVersion: string;
  /** When it moved, wall clock, in milliseconds. */
  movedAtMs: number;
  /** Most likely it is there already. */
  doubtful?: boolean;
};

/** What is awaited at one mount. */
export type MountWait = {
  mount: Mount;
  /** Hash of what the mount held when the first change was noted; `undefined`: it could not be read. */
  before: string | undefined;
  /** The latest change of each object that is awaited, by `Kind/name`. */
  changes: ReadonlyMap<string, Awaited>;
  ask: Ask;
};

/** A further change of an object behind the mount. What is awaited already goes on being so. */
export function addChange(
  earlier: MountWait | undefined,
  { change, before, ask }: { change: Awaited; before: string | undefined; ask: Ask },
): MountWait {
  const changes = new Map(earlier?.changes).set(sourceKey(change.source), change);
  return { mount: change.mount, before: earlier ? earlier.before : before, changes, ask };
}

/**
 * The value of the annotation. It must differ from the one before to have an effect, also from one
 * that was written before a restart; and it tells a reader of the pod what it is about.
 */
export function annotationValue(waits: readonly MountWait[], nowMs: number): string {
  const all = waits.flatMap(({ changes }) => [...changes.values()]);
  const versions = [...new Set(all.map(({ resourceVersion }) => resourceVersion))];
  const [first = ''] = versions;
  const more = versions.length > 1 ? ` and ${versions.length - 1} more` : '';
  return `${first}${more} at ${new Date(nowMs).toISOString()}`;
}
