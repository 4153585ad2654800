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
  /** A PUT of an object that hardly anybody watches, as a Lease. */
  update: (onDone: () => void, onAnswer: (answer: Answer) => void) => void;
  /** A GET of one object; what it finds is what there is when it is answered. */
  read: (onAnswer: (answer: Answer) => void) => void;
  /** The most requests that ever waited for a seat. */
  longestQueue: () => number;
};

type Cost = { seats: number; afterMs: number };

const ONE_SEAT: Cost = { seats: 1, afterMs: 0 };

/** Watches of a resource whose events cost a writer one more seat, and for how long. */
const WATCHES_PER_SEAT = 10;
const SEAT_PER_EVENT_MS = 5;
const MOST_SEATS = 10;

/**
 * What a write costs in API Priority and Fairness: the seats that it holds, and for how long after it
 * is done. (`apiserver/pkg/util/flowcontrol/request/mutating_work_estimator.go`)
 */
export function costOfWrite(watchers: number): Cost {
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
      run();
    }
  };

  const release = (seats: number): void => {
    freeSeats += seats;
    dispatch();
  };

  const send = (
    { seats, afterMs, onDone }: Cost & { onDone: () => void },
    finish: () => number,
    onAnswer: (answer: Answer) => void,
  ): void => {
    let answered = false;
    const answer = (given: Answer): void => {
      if (!answered) onAnswer(given);
      answered = true;
    };
    const run = (): void => {
      freeSeats -= seats;
      const doneMs = finish() + patchLatencyMs;
      timeline.at(doneMs, () => {
        onDone();
        answer({ kind: 'done' });
      });
      timeline.at(doneMs + afterMs, () => release(seats));
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
  };

  const write = (): number => storage.write(timeline.now());
  return {
    longestQueue: hand.longest,
    patch: (onDone, onAnswer) => send({ ...cost, onDone }, write, onAnswer),
    update: (onDone, onAnswer) => send({ ...ONE_SEAT, onDone }, write, onAnswer),
    read: (onAnswer) => send({ ...ONE_SEAT, onDone: () => {} }, timeline.now, onAnswer),
  };
}
