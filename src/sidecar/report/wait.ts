import type { Clock } from '../../system/clock.ts';
import type { Health } from './health.ts';
import { showSpan } from '../../system/show.ts';
import type { Settler, Waiting } from '../settle.ts';

/** What keeps a reload that somebody asks for from beginning at once. */
export type WaitsFor =
  { turn: 'under-way'; sinceMs: number } | { turn: 'held'; by: Waiting['for']; leftMs: number };

/** `undefined` where nothing does. */
export function findWait(
  health: Health,
  settler: Settler | undefined,
  clock: Clock,
): WaitsFor | undefined {
  const busySinceMs = health.busySinceMs();
  if (busySinceMs !== undefined) {
    return { turn: 'under-way', sinceMs: clock.elapsed() - busySinceMs };
  }
  const waiting = settler?.waiting();
  if (waiting === undefined) return undefined;
  return { turn: 'held', by: waiting.for, leftMs: waiting.untilMs - clock.elapsed() };
}

const HELD: Readonly<Record<Waiting['for'], string>> = {
  'min-interval': 'REHUP_MIN_INTERVAL, the least time between two reloads',
  splay: 'REHUP_SPLAY, since an update came that every pod of a fleet got',
  settling: 'an update to settle (REHUP_SETTLE)',
};

/**
 * For the log, and for whoever asked.
 *
 * @param askedAgoMs What has begun since then is what was asked for.
 */
export function describeWait(waits: WaitsFor, askedAgoMs = 0): string {
  if (waits.turn === 'under-way') {
    const since = `since ${showSpan(waits.sinceMs)}`;
    return waits.sinceMs > askedAgoMs
      ? `an earlier reload is under way, ${since}`
      : `the reload is under way, ${since}`;
  }
  // Rounded up: "0 s to go" would be now.
  return `waiting for ${HELD[waits.by]}: ${showSpan(waits.leftMs + 999)} to go`;
}
