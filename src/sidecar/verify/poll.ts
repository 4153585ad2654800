import type { Clock } from '../../system/clock.ts';
import type { Sighting } from '../act/http/probe.ts';
import type { Failure } from '../outcome.ts';

/** One look: what was seen instead of the new content, `undefined` where it is there. */
export type Look = (timeoutMs: number, signal: AbortSignal) => Promise<Sighting | undefined>;

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 2000;
const GROWTH = 1.5;

/** A look that is cut off by the end of the time would say nothing of the app. */
const SHORTEST_LOOK_MS = 2000;

/** Looks until the new content is seen, less and less often, for `timeoutMs` at the longest. */
export async function pollUntilSeen(
  look: Look,
  timeoutMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const endMs = clock.elapsed() + timeoutMs;
  let pauseMs = FIRST_PAUSE_MS;
  for (let looks = 1; ; looks += 1) {
    const seen = await look(Math.max(SHORTEST_LOOK_MS, endMs - clock.elapsed()), signal);
    if (seen === undefined) return undefined;
    const leftMs = endMs - clock.elapsed();
    if (leftMs <= 0) return unverified(seen, timeoutMs, looks);
    await clock.sleep(Math.min(pauseMs, leftMs), signal);
    pauseMs = Math.min(pauseMs * GROWTH, LONGEST_PAUSE_MS);
  }
}

function unverified(
  { reason, remedy }: { reason: string; remedy: string },
  timeoutMs: number,
  looks: number,
): Failure {
  return {
    outcome: 'unverified',
    reason: `the new content was not seen in the app within ${timeoutMs} ms (${looks} ${looks === 1 ? 'look' : 'looks'}): at last, ${reason}`,
    remedy: `${remedy}; raise REHUP_VERIFY_TIMEOUT if the app takes this long`,
  };
}
