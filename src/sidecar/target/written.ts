import type { Clock } from '../../system/clock.ts';

/** The latest moment, on `Clock.uptime`, at which a file with this time on disk may have been written. */
export type WrittenBy = (mtimeMs: number) => number;

/**
 * Times on disk are of the wall clock, which is stepped when NTP first sets it, or by hand; so the wall
 * clock at boot that it amounts to changes, and a file may have been written under any of those that
 * there have been. Who must not take a file for older than it is takes the latest of them.
 *
 * @param before Wall clock at boot as of an earlier moment, where that is known, in milliseconds.
 */
export function createWrittenBy(
  { now, uptime }: Pick<Clock, 'now' | 'uptime'>,
  before: () => number | undefined,
): WrittenBy {
  let earliestBootMs = Number.POSITIVE_INFINITY;
  const look = (): void => {
    earliestBootMs = Math.min(earliestBootMs, now() - uptime());
  };
  look();
  return (mtimeMs) => {
    look();
    return mtimeMs - Math.min(earliestBootMs, before() ?? earliestBootMs);
  };
}
