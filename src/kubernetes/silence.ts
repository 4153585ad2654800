import type { Clock } from '../system/clock.ts';

export type SilenceInput = {
  clock: Clock;
  /** The longest the stream may last, in milliseconds. */
  limitMs: number;
  signal: AbortSignal;
};

export type SilenceGuard = Disposable & {
  /** Aborted with the outer signal, when the stream was silent for too long, and on disposal. */
  signal: AbortSignal;
  heard: (bookmark: boolean) => void;
  /** It was silence that ended it. */
  expired: () => boolean;
};

/** A server that sends bookmarks does so about once a minute; it need not. */
const WITHOUT_BOOKMARK_MS = 150_000;

/**
 * Ends a stream whose other end may be gone without a word (half-open connection). The limit is the
 * time that the server was asked to end it after; shorter once it has sent a bookmark, since those
 * come regularly.
 */
export function createSilenceGuard({ clock, limitMs, signal }: SilenceInput): SilenceGuard {
  const end = new AbortController();
  const ended = AbortSignal.any([signal, end.signal]);
  const startMs = clock.elapsed();
  let heardMs = startMs;
  let regular = false;
  let expired = false;

  const deadline = (): number => {
    const endMs = startMs + limitMs;
    return regular ? Math.min(endMs, heardMs + WITHOUT_BOOKMARK_MS) : endMs;
  };
  const watch = async (): Promise<void> => {
    for (let left = limitMs; left > 0; left = deadline() - clock.elapsed()) {
      await clock.sleep(Math.min(left, WITHOUT_BOOKMARK_MS), ended);
    }
    expired = true;
    end.abort();
  };
  // It rejects only when it is not needed any more.
  watch().catch(() => {});

  return {
    signal: ended,
    heard: (bookmark) => {
      heardMs = clock.elapsed();
      regular ||= bookmark;
    },
    expired: () => expired,
    [Symbol.dispose]: () => end.abort(),
  };
}
