/** Longer pauses than this help nobody: the app may be back at any time. */
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/**
 * RFC 9110, 10.2.3: seconds, or a date. A pause of nothing, or a date gone by, is no wish: the usual
 * pause, which grows, keeps us from asking in a tight loop.
 */
export function parseRetryAfter(text: string | undefined, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : parseHttpDate(text) - nowMs;
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}

/** Each of the three forms of RFC 9110, 5.6.7 begins with a day of the week. */
function parseHttpDate(text: string): number {
  return /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
