import type { ProcStat } from '../../system/proc/stat.ts';

/** When a process started, on `Clock.uptime`. */
type Started = Pick<ProcStat, 'startedMs'>;

/**
 * Start times count in ticks of 10 ms, and a ctime is as coarse as the kernel's own tick (up to
 * 10 ms): within that, an earlier start cannot be ruled out.
 */
const RESOLUTION_MS = 20;

/** The process started after the content was there, and so has read it. */
export function isYoungerThan({ startedMs }: Started, becameAtMs: number): boolean {
  return startedMs > becameAtMs + RESOLUTION_MS;
}

/** A time on `Clock.uptime`. */
export type Span = { fromMs: number; toMs: number };

/** How long a process may take until it has read its files and has its handlers. */
const STARTING_MS = 10_000;

/** When a process reads its files by itself. */
export function startOf({ startedMs }: Started): Span {
  return { fromMs: startedMs, toMs: startedMs + STARTING_MS };
}

/** What was read in the one time may be of the other. */
export function mayMeet(one: Span, other: Span): boolean {
  return one.fromMs <= other.toMs + RESOLUTION_MS && other.fromMs <= one.toMs + RESOLUTION_MS;
}

/** A process incarnation: pids are reused, pids with start times are not. */
export function identify({ pid, startedMs }: Pick<ProcStat, 'pid' | 'startedMs'>): string {
  return `${pid}@${startedMs}`;
}
