import type { Snapshot } from './snapshot.ts';

/** A mount's content, and since when it has been so. Times are on `Clock.uptime`. */
export type Tracked = {
  snapshot: Snapshot;
  /** When the mount came to hold this content. A process started later has read it. */
  becameAtMs: number;
  /** When the reading began. */
  readAtMs: number;
  /** Wall clock at boot, as of that reading. */
  bootAtMs: number;
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
 * read now holds the new one: between those two moments the swap must lie. A swap that brings equal
 * content may follow one that brought other content, which nobody saw.
 */
export function track({ before, snapshot, readAtMs, nowMs, bootAtMs }: TrackInput): Tracked {
  const read = { snapshot, readAtMs, bootAtMs };
  if (before === undefined) {
    return { ...read, becameAtMs: Math.min(snapshot.swappedAtMs - bootAtMs, nowMs) };
  }
  if (isSameSwap(before.snapshot, snapshot)) return { ...read, becameAtMs: before.becameAtMs };
  const onDiskMs = hasStepped(before.bootAtMs, bootAtMs)
    ? nowMs
    : Math.max(snapshot.swappedAtMs - bootAtMs, before.readAtMs);
  return { ...read, becameAtMs: Math.min(onDiskMs, nowMs) };
}

function isSameSwap(one: Snapshot, other: Snapshot): boolean {
  return one.hash === other.hash && one.swappedAtMs === other.swappedAtMs;
}

/** The two readings of the clocks are not made at the same moment, and that since boot is a coarse one. */
const COARSE_MS = 50;

function hasStepped(beforeMs: number, bootAtMs: number): boolean {
  return Math.abs(bootAtMs - beforeMs) > COARSE_MS;
}
