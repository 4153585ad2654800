import type { PodEvent } from './describe.ts';

/** An event that was written, and how often it has happened. Times on `Clock.elapsed`. */
export type Series = { name: string; count: number; writtenMs: number };

export type Step =
  | { do: 'create' }
  /** It is the same again: write the count. */
  | { do: 'count'; name: string; count: number }
  /** The same again, too soon after it was written last. */
  | { do: 'wait' };

/** The API server forgets an event an hour after it was last written (`--event-ttl`). */
const KEPT_MS = 55 * 60_000;

/** A retry each minute must not be a write each minute, in each pod. */
const SPACING_MS = 5 * 60_000;

/** What an event is to be written as, after one that was written before. */
export function planWrite(before: Series | undefined, nowMs: number): Step {
  if (before === undefined || nowMs - before.writtenMs > KEPT_MS) return { do: 'create' };
  const count = before.count + 1;
  // That it goes on is news once; how long it goes on can wait.
  const isDue = count === 2 || nowMs - before.writtenMs >= SPACING_MS;
  return isDue ? { do: 'count', name: before.name, count } : { do: 'wait' };
}

/** Events with this in common are one. */
export function seriesKey({ reason, note }: PodEvent): string {
  return `${reason}\0${note}`;
}
