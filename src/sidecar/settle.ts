import { withAnySignal } from '../system/any-signal.ts';
import type { Clock } from '../system/clock.ts';
import type { Hint, HintSource } from './watch/hint.ts';

/** The hints of one update, after settling. */
export type Burst = {
  sources: ReadonlySet<HintSource>;
  force: boolean;
  /** When the first of them came, on `Clock.elapsed`. */
  sinceMs: number;
};

/** Retries and the start come of our own doing, and say nothing about the content. */
export function isNews({ sources }: Burst): boolean {
  return [...sources].some((source) => source !== 'retry' && source !== 'start');
}

export type SettleLimits = {
  /** Quiet time after the last hint, in milliseconds. */
  quietMs: number;
  /** Ceiling from the first hint, in milliseconds: a stream of hints cannot hold the reload off. */
  maxMs: number;
  /** Added to the wait for an update, in milliseconds. */
  splayMs: number;
};

/** Hints gathered so far; times on `Clock.elapsed`. */
export type Gathering = {
  firstMs: number;
  lastMs: number;
  complete: boolean;
  sources: readonly HintSource[];
  force: boolean;
  /** The content may have changed in every pod of a fleet at once: the splay applies. */
  news: boolean;
};

export function gather(before: Gathering | undefined, hint: Hint, nowMs: number): Gathering {
  // A retry has nothing to wait for, but must not cut short an update that is under way.
  if (before && hint.source === 'retry') return before;
  return {
    firstMs: before?.firstMs ?? nowMs,
    lastMs: nowMs,
    // A further hint of the same update reopens the wait, unless it is itself the end.
    complete: hint.complete ?? false,
    sources: [...new Set([...(before?.sources ?? []), hint.source])],
    force: (before?.force ?? false) || (hint.force ?? false),
    news: (before?.news ?? false) || hint.source === 'inotify' || hint.source === 'poll',
  };
}

/** When the burst is due. @param notBeforeMs The earliest moment the last reload allows. */
export function dueAt(
  gathering: Gathering,
  { quietMs, maxMs, splayMs }: SettleLimits,
  notBeforeMs: number,
): number {
  // The ceiling holds for updates that end, too: under a splay, the next may come while we wait.
  const settledMs = Math.min(
    gathering.lastMs + (gathering.complete ? 0 : quietMs),
    gathering.firstMs + maxMs,
  );
  return Math.max(settledMs + (gathering.news ? splayMs : 0), notBeforeMs);
}

/** What the hints gathered so far wait for; `undefined`: they are due. */
export type Waiting = { untilMs: number; for: 'min-interval' | 'splay' | 'settling' };

export function waitingFor(
  gathering: Gathering,
  limits: SettleLimits,
  notBeforeMs: number,
  nowMs: number,
): Waiting | undefined {
  const untilMs = dueAt(gathering, limits, notBeforeMs);
  if (untilMs <= nowMs) return undefined;
  if (untilMs === notBeforeMs) return { untilMs, for: 'min-interval' };
  const settledMs = dueAt(gathering, { ...limits, splayMs: 0 }, 0);
  return { untilMs, for: settledMs <= nowMs ? 'splay' : 'settling' };
}

export type Settler = {
  hint: (hint: Hint) => void;
  /** What the next burst waits for, as far as there are hints; for reports. */
  waiting: () => Waiting | undefined;
  /** The next burst. Hints that arrive while nobody waits are kept for the next call. */
  next: (signal: AbortSignal) => Promise<Burst>;
  /** No burst before this moment (on `Clock.elapsed`). */
  holdUntil: (atMs: number) => void;
  /** If there is no hint until then, a burst all the same; infinite: none. Takes the place of the one before. */
  retryAt: (atMs: number) => void;
};

/** The thin driver around the pure functions above, with the only timer of the loop. */
export function createSettler(clock: Clock, limits: SettleLimits): Settler {
  let gathering: Gathering | undefined;
  let notBeforeMs = 0;
  let retryAtMs = Number.POSITIVE_INFINITY;
  let wake: (() => void) | undefined;

  /** Without a timer that would have to be stopped: an update comes when nothing else is waited for. */
  const waitForHint = async (signal: AbortSignal): Promise<void> => {
    signal.throwIfAborted();
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    wake = end;
    signal.addEventListener('abort', end);
    await promise;
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
  };

  const waitUntil = async (atMs: number, signal: AbortSignal): Promise<void> => {
    if (atMs === Number.POSITIVE_INFINITY) return await waitForHint(signal);
    const woken = new AbortController();
    wake = () => woken.abort();
    const waitMs = Math.min(Math.max(0, atMs - clock.elapsed()), LONGEST_WAIT_MS);
    try {
      await withAnySignal([signal, woken.signal], (any) => clock.sleep(waitMs, any));
    } catch (error) {
      if (!woken.signal.aborted) throw error;
    }
    signal.throwIfAborted();
  };

  return {
    hint: (hint) => {
      gathering = gather(gathering, hint, clock.elapsed());
      wake?.();
    },
    waiting: () => gathering && waitingFor(gathering, limits, notBeforeMs, clock.elapsed()),
    holdUntil: (atMs) => {
      notBeforeMs = Math.max(notBeforeMs, atMs);
    },
    retryAt: (atMs) => {
      retryAtMs = atMs;
      wake?.();
    },
    next: async (signal) => {
      for (;;) {
        const nowMs = clock.elapsed();
        if (gathering === undefined && retryAtMs <= nowMs) {
          gathering = gather(undefined, { source: 'retry', complete: true }, nowMs);
        }
        const dueMs = gathering ? dueAt(gathering, limits, notBeforeMs) : retryAtMs;
        if (gathering && dueMs <= nowMs) {
          const { sources, force, firstMs } = gathering;
          gathering = undefined;
          retryAtMs = Number.POSITIVE_INFINITY;
          return { sources: new Set(sources), force, sinceMs: firstMs };
        }
        await waitUntil(dueMs, signal);
      }
    },
  };
}

/** Longest delay a timer can hold (2^31 - 1 ms); waking up then for nothing does no harm. */
const LONGEST_WAIT_MS = 2_147_483_647;
