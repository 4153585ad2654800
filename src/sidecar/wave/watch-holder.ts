/** What tells that a Lease was renewed. */
export type Renewal = { holder: string; renewTime: string };

export type HolderWatch = {
  /** Takes what was read, and tells whether its holder has not been heard of for too long. */
  isExpired: (seen: Renewal & { durationMs: number }) => boolean;
  /** The Lease could not be read: nothing is known of the time until it can be again. */
  lose: () => void;
};

/**
 * Judges a Lease by the own clock alone, from when its renewal was seen to change last, as client-go's
 * leader election does: clocks of nodes differ. While the API server is away nobody can renew, and that
 * time does not count.
 *
 * @param elapsed Milliseconds, never jumping.
 */
export function watchHolder(elapsed: () => number): HolderWatch {
  let last: { key: string; sinceMs: number } | undefined;
  return {
    isExpired: ({ holder, renewTime, durationMs }) => {
      const key = `${holder} ${renewTime}`;
      if (last?.key !== key) last = { key, sinceMs: elapsed() };
      return elapsed() - last.sinceMs >= durationMs;
    },
    lose: () => {
      last = undefined;
    },
  };
}
