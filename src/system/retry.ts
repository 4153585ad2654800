export type RetryPolicy = {
  /** Attempts after the first; `Infinity` for no end. */
  retries: number;
  /** Before the first retry, in milliseconds. */
  delayMs: number;
  /** Ceiling of the growing delay, in milliseconds. */
  maxDelayMs: number;
};

/**
 * The pause before the next attempt, `undefined` when there is to be none. It doubles up to the
 * ceiling; "equal jitter" keeps at least half of it, so that the pods of a fleet spread out without
 * any of them hurrying.
 *
 * @param failures Attempts that have failed so far, at least 1.
 * @param random Between 0 and 1.
 */
export function retryDelay(
  { retries, delayMs, maxDelayMs }: RetryPolicy,
  failures: number,
  random: number,
): number | undefined {
  if (failures > retries) return undefined;
  const ceilingMs = Math.min(delayMs * 2 ** Math.min(failures - 1, 40), maxDelayMs);
  return ceilingMs / 2 + (ceilingMs / 2) * random;
}
