import type { Snapshot } from './snapshot.ts';

/** A mount's content, and since when it has been so. Times are on `Clock.uptime`. */
export type Tracked = {
  snapshot: Snapshot;
  /** When the mount came to hold this content. A process started later has read it. */
  becameAtMs: number;
  /** When the reading began. */
  readAtMs: number;
};

export type TrackInput = {
  before: Tracked | undefined;
  snapshot: Snapshot;
  readAtMs: number;
  nowMs: number;
  /** Wall clock at boot, as of now: wall clock minus uptime. */
  bootAtMs: number;
};

/**
 * The swap's time comes from the disk, on the wall clock; a step of that clock must not make an
 * update look older than it is. What was read before still held the old content then, and what is
 * read now holds the new one: between those two moments the swap must lie.
 */
export function track({ before, snapshot, readAtMs, nowMs, bootAtMs }: TrackInput): Tracked {
  if (before !== undefined && before.snapshot.hash === snapshot.hash) {
    return { snapshot, becameAtMs: before.becameAtMs, readAtMs };
  }
  const onDiskMs = snapshot.swappedAtMs - bootAtMs;
  const earliestMs = before?.readAtMs ?? Number.NEGATIVE_INFINITY;
  return { snapshot, becameAtMs: Math.min(Math.max(onDiskMs, earliestMs), nowMs), readAtMs };
}
