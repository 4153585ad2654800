import type { ProcStat } from '../proc/stat.ts';

/**
 * Start times count in ticks of 10 ms, and a ctime is as coarse as the kernel's own tick (up to
 * 10 ms): within that, an earlier start cannot be ruled out.
 */
const RESOLUTION_MS = 20;

/** The process started after the content was there, and so has read it. */
export function isYoungerThan({ startedMs }: ProcStat, becameAtMs: number): boolean {
  return startedMs > becameAtMs + RESOLUTION_MS;
}

/** A process incarnation: pids are reused, pids with start times are not. */
export function identify({ pid, startedMs }: ProcStat): string {
  return `${pid}@${startedMs}`;
}
