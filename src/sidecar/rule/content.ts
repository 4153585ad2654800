import type { Changes } from '../snapshot/diff.ts';
import type { Watched } from '../target/resolution.ts';
import type { Counts } from '../../config/globs.ts';
import { hashKeys } from '../../system/content-hash.ts';
import {
  createSnapshot,
  hashSnapshots,
  hashWhole,
  type Snapshot,
  type Snapshots,
} from '../snapshot/snapshot.ts';
import type { View } from '../snapshot/view.ts';
import { type Tracked, track } from '../snapshot/track.ts';

/** What a rule knows of its mounts: the keys that count, and since when they have been so. */
export type Content = {
  tracked: ReadonlyMap<string, Tracked>;
  snapshots: Snapshots;
  /** Over the keys that count. */
  hash: string;
  /** Mount path → hash over all that is known of all keys, those that do not count, too. */
  raw: ReadonlyMap<string, string>;
  rawHash: string;
};

/** Takes in a view. A mount that is not in it keeps what was read last. */
export function observe(before: Content | undefined, view: View, counts: Counts): Content {
  const tracked = new Map(before?.tracked);
  const raw = new Map(before?.raw);
  for (const [path, reading] of view) {
    raw.set(path, hashWhole(reading.snapshot));
    const snapshot = countedOnly(path, reading.snapshot, counts);
    tracked.set(path, track({ before: tracked.get(path), ...reading, snapshot }));
  }
  const snapshots = new Map([...tracked].map(([path, { snapshot }]) => [path, snapshot]));
  return { tracked, snapshots, hash: hashSnapshots(snapshots), raw, rawHash: hashKeys(raw) };
}

/**
 * Nothing was swapped since, not even for equal content, and all of it can be read. Where files are
 * written one by one, those that do not count may have been.
 */
export function hasStayed(content: Content, view: View, counts: Counts): boolean {
  const paths = [...content.tracked.keys()];
  return paths.every((path) => view.has(path)) && !hasMoved(content, view, counts);
}

/** Something was swapped since, for equal content perhaps. Of what cannot be read that is not known. */
export function hasMoved({ tracked, raw }: Content, view: View, counts: Counts): boolean {
  return [...tracked].some(([path, { snapshot }]) => {
    const read = view.get(path)?.snapshot;
    if (read === undefined) return false;
    if (countedOnly(path, read, counts).hash !== snapshot.hash) return true;
    const isExplained = read.inPlace && hashWhole(read) !== raw.get(path);
    return !isExplained && read.swappedAtMs !== snapshot.swappedAtMs;
  });
}

function countedOnly(path: string, snapshot: Snapshot, counts: Counts): Snapshot {
  const keys = [...snapshot.keys].filter(([key]) => counts(path, key));
  return keys.length === snapshot.keys.size
    ? snapshot
    : createSnapshot(new Map(keys), snapshot.swappedAtMs, snapshot);
}

/** When the newest of these mounts came to hold its content; all mounts if none is named. */
export function newestOf(content: Content, paths: readonly string[]): Tracked | undefined {
  const chosen = paths.length === 0 ? [...content.tracked.keys()] : paths;
  return chosen
    .flatMap((path) => content.tracked.get(path) ?? [])
    .toSorted((one, other) => other.becameAtMs - one.becameAtMs)[0];
}

/** The volumes to find the app by; all of them where it is not known what changed. */
export function changedOnly(watched: readonly Watched[], changes: Changes): readonly Watched[] {
  const changed = watched.filter(({ path }) => changes.has(path));
  return changed.length === 0 ? watched : changed;
}
