import type { Clock } from '../../system/clock.ts';
import type { Settings } from '../../config/options.ts';

/** Liveness and readiness. Neither ever depends on the app: as a native sidecar that would dead-lock the pod. */
export type Health = {
  /** A session begins, with another configuration perhaps: no turn is under way. */
  begin: (longestMs: number) => void;
  /** The loop took up a burst, or is done with it. */
  turn: (phase: 'begin' | 'end') => void;
  /** Every mount has been read once. */
  ready: () => void;
  isReady: () => boolean;
  /** False while one turn of the loop has taken longer than any turn may. */
  isAlive: () => boolean;
  /** Since when a turn is under way, on `Clock.elapsed`. */
  busySinceMs: () => number | undefined;
};

export function createHealth(clock: Clock, longestMs: number): Health {
  let ready = false;
  let allowedMs = longestMs;
  let begunAtMs: number | undefined;
  return {
    begin: (ms) => {
      allowedMs = ms;
      begunAtMs = undefined;
    },
    turn: (phase) => {
      begunAtMs = phase === 'begin' ? clock.elapsed() : undefined;
    },
    ready: () => {
      ready = true;
    },
    isReady: () => ready,
    isAlive: () => begunAtMs === undefined || clock.elapsed() - begunAtMs <= allowedMs,
    busySinceMs: () => begunAtMs,
  };
}

/** A turn that takes longer than all its waits together is stuck. */
export function longestTurnMs(rules: readonly { settings: Settings }[]): number {
  return rules.reduce((sum, { settings }) => sum + longestAttemptMs(settings), 60_000);
}

function longestAttemptMs(settings: Settings): number {
  const { timeout, survive, grace, restartTimeout, verifyTimeout, url = [] } = settings;
  // Validation, the ready URL, a request to each URL (or until a signal is taken): each within its own bound.
  const calls = 2 + Math.max(1, url.length);
  const once = timeout * calls + survive + grace + restartTimeout + verifyTimeout;
  // What is flipped back is told and proved as well; what is rendered is within that.
  return settings.publish === undefined ? once : 2 * once;
}
