import type { Timeline } from './events.ts';
import { createHand } from './hand.ts';
import { createRetryAfter } from './retry-after.ts';
import type { FleetSettings } from './settings.ts';
import type { Storage } from './storage.ts';

export type Answer =
  | { kind: 'done' }
  | { kind: 'throttled'; retryAfterMs: number }
  /** The client has gone; a patch that was under way takes effect all the same. */
  | { kind: 'timed-out' };

export type ApiServer = {
  /**
   * A PATCH of a pod.
   *
   * @param onDone When it is written, whether or not the client is still there.
   */
  patch: (onDone: () => void, onAnswer: (answer: Answer) => void) => void;
  /** The most requests that ever waited for a seat. */
  longestQueue: () => number;
};

/** Watches of a resource whose events cost a writer one more seat, and for how long. */
const WATCHES_PER_SEAT = 10;
const SEAT_PER_EVENT_MS = 5;
const MOST_SEATS = 10;

/**
 * What a write costs in API Priority and Fairness: the seats that it holds, and for how long after it
 * is done. (`apiserver/pkg/util/flowcontrol/request/mutating_work_estimator.go`)
 */
export function costOfWrite(watchers: number): { seats: number; afterMs: number } {
  if (watchers < WATCHES_PER_SEAT) return { seats: 1, afterMs: 0 };
  const wanted = Math.ceil(watchers / WATCHES_PER_SEAT);
  const seats = Math.min(wanted, MOST_SEATS);
  return { seats, afterMs: (wanted * SEAT_PER_EVENT_MS) / seats };
}

/**
 * An API server as one service account sees it: all its requests are one flow of `workload-low`,
 * which holds seats, waits in a hand of queues, and is refused where they are full.
 */
export function createApiServer(
  timeline: Timeline,
  storage: Storage,
  settings: FleetSettings,
): ApiServer {
  const { podWatchers, patchLatencyMs, clientTimeoutMs } = settings;
  const cost = costOfWrite(podWatchers);
  const hand = createHand<() => void>(settings);
  const retryAfter = createRetryAfter();
  let freeSeats = Math.max(settings.seats, cost.seats);

  const dispatch = (): void => {
    while (freeSeats >= cost.seats) {
      const run = hand.next();
      if (run === undefined) return;
      freeSeats -= cost.seats;
      run();
    }
  };

  const release = (): void => {
    freeSeats += cost.seats;
    dispatch();
  };

  return {
    longestQueue: hand.longest,
    patch: (onDone, onAnswer) => {
      let answered = false;
      const answer = (given: Answer): void => {
        if (!answered) onAnswer(given);
        answered = true;
      };
      const run = (): void => {
        const doneMs = storage.write(timeline.now()) + patchLatencyMs;
        timeline.at(doneMs, () => {
          onDone();
          answer({ kind: 'done' });
        });
        timeline.at(doneMs + cost.afterMs, release);
      };
      const leave = freeSeats >= cost.seats || hand.hasRoom() ? hand.add(run) : undefined;
      if (leave === undefined) {
        const retryAfterMs = 1000 * retryAfter.refuse(timeline.now());
        answer({ kind: 'throttled', retryAfterMs });
        return;
      }
      timeline.at(timeline.now() + clientTimeoutMs, () => {
        leave();
        answer({ kind: 'timed-out' });
      });
      dispatch();
    },
  };
}
