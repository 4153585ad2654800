import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../src/system/clock.ts';

/** A clock that stands still until the test moves it. */
export type ManualClock = Clock & {
  /**
   * Lets time pass on all three readings. Sleeps end in the order of their ends, each at its own
   * moment, and what follows from one is carried out before the next one ends.
   */
  advance: (ms: number) => Promise<void>;
  /** Steps the wall clock alone, as NTP or an administrator does. */
  stepWallClock: (ms: number) => void;
  /** How many sleeps have not ended: 0 means that nobody waits for time to pass. */
  sleeping: () => number;
};

export type ClockStart = { now?: number; uptime?: number; elapsed?: number };

type Sleeper = { endsAtMs: number; wake: () => void };

const WALL_CLOCK_START = Date.UTC(2026, 10, 9, 8, 7, 6);

/** The three readings begin far apart, so that a test notices when two of them are mixed up. */
export function createManualClock({
  now = WALL_CLOCK_START,
  uptime = 5_000_000,
  elapsed = 1000,
}: ClockStart = {}): ManualClock {
  let passedMs = 0;
  let steppedMs = 0;
  const sleepers = new Set<Sleeper>();

  const firstToEnd = (): Sleeper | undefined =>
    [...sleepers].toSorted((one, other) => one.endsAtMs - other.endsAtMs)[0];

  const sleep = async (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted();
    if (ms <= 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const sleeper = { endsAtMs: passedMs + ms, wake: resolve };
    const abort = (): void => reject(signal?.reason as Error);
    sleepers.add(sleeper);
    signal?.addEventListener('abort', abort);
    try {
      await promise;
    } finally {
      sleepers.delete(sleeper);
      signal?.removeEventListener('abort', abort);
    }
  };

  const advance = async (ms: number): Promise<void> => {
    const untilMs = passedMs + ms;
    await nextTurn();
    for (let next = firstToEnd(); next && next.endsAtMs <= untilMs; next = firstToEnd()) {
      passedMs = next.endsAtMs;
      sleepers.delete(next);
      next.wake();
      await nextTurn();
    }
    passedMs = untilMs;
  };

  return {
    now: () => now + passedMs + steppedMs,
    uptime: () => uptime + passedMs,
    elapsed: () => elapsed + passedMs,
    sleep,
    advance,
    stepWallClock: (ms) => {
      steppedMs += ms;
    },
    sleeping: () => sleepers.size,
  };
}
