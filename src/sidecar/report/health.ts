import type { Clock } from '../../system/clock.ts';

/** Liveness and readiness. Neither ever depends on the app: as a native sidecar that would dead-lock the pod. */
export type Health = {
  /** The loop took up a burst, or is done with it. */
  turn: (phase: 'begin' | 'end') => void;
  /** Every mount has been read once. */
  ready: () => void;
  isReady: () => boolean;
  /** False while one turn of the loop has taken longer than any turn may. */
  isAlive: () => boolean;
};

export function createHealth(clock: Clock, longestTurnMs: number): Health {
  let ready = false;
  let begunAtMs: number | undefined;
  return {
    turn: (phase) => {
      begunAtMs = phase === 'begin' ? clock.elapsed() : undefined;
    },
    ready: () => {
      ready = true;
    },
    isReady: () => ready,
    isAlive: () => begunAtMs === undefined || clock.elapsed() - begunAtMs <= longestTurnMs,
  };
}
