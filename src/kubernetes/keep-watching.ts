import type { Clock } from '../system/clock.ts';
import { createFailureRow, pauseAfter } from './backoff.ts';
import type { KubeClient } from './client.ts';
import { KubeProblem } from './problem.ts';
import type { KubeRequest } from './request.ts';
import { createSilenceGuard } from './silence.ts';

/** What is watched, and what is to be done with what is heard. */
export type Watched = {
  client: KubeClient;
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
  /** Before the first watch, and whenever there is no version left to go on from. */
  startAnew: (signal: AbortSignal) => Promise<void> | void;
  /** The next watch, which the server is to end after so many seconds. */
  request: (seconds: number) => KubeRequest;
  /** One line of it. Throws a KubeProblem for one that ends the watch. */
  take: (line: unknown, request: KubeRequest) => 'bookmark' | 'news';
  /** Told each time a watch begins: what changes from now on is heard of. */
  onOpen: () => void;
  /** Told of what goes wrong, and with `undefined` once the watch works again. */
  onProblem: (problem: KubeProblem | undefined) => void;
};

/** How long the server is asked to keep a watch; a part of it is added by chance, so that the watches of a fleet do not end at once. */
const WATCH_S = 240;

/** After that part, the client ends a watch by itself: the connection may be dead. */
const GRACE_MS = 15_000;

/** A watch that has stood for so long works, though nothing may be said on it for minutes. */
const STEADY_MS = 1000;

/**
 * Watches until the signal, through whatever happens: ended and dropped connections, ones that are half
 * open, 410 Gone, 429, restarts of the API server, expired tokens.
 */
export async function keepWatching(watched: Watched, signal: AbortSignal): Promise<void> {
  const { client, clock, random, take, onOpen, onProblem } = watched;
  /** Watches in a row that were not steady. */
  const failures = createFailureRow();
  let isLost = true;

  const becomeSteady = async (lifetime: AbortSignal): Promise<void> => {
    await clock.sleep(STEADY_MS, lifetime);
    failures.clear();
    onProblem(undefined);
  };

  const watchOnce = async (): Promise<void> => {
    const seconds = Math.round(WATCH_S * (1 + random() / 2));
    const request = watched.request(seconds);
    const silence = createSilenceGuard({ clock, limitMs: seconds * 1000 + GRACE_MS, signal });
    const opened = (): void => {
      onOpen();
      // It rejects only when the watch has ended before.
      becomeSteady(silence.signal).catch(() => {});
    };
    try {
      for await (const line of client.stream<unknown>(request, silence.signal, opened)) {
        silence.heard(take(line, request) === 'bookmark');
      }
    } catch (error) {
      // Silence is no problem to report: most likely the connection alone is gone.
      if (silence.expired()) return;
      throw error;
    } finally {
      silence[Symbol.dispose]();
    }
  };

  while (!signal.aborted) {
    let problem: KubeProblem | undefined;
    try {
      const begun = isLost ? watched.startAnew(signal) : undefined;
      if (begun !== undefined) await begun;
      isLost = false;
      await watchOnce();
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof KubeProblem)) throw error;
      problem = error;
    }
    const wasSteady = failures.isEmpty();
    const count = failures.add(problem);
    isLost ||= problem !== undefined && LOSES.includes(problem.kind);
    if (problem !== undefined && problem.kind !== 'gone') onProblem(problem);
    // A server that is shut down ends the watches of a whole fleet at once.
    const comesBack = wasSteady && (problem === undefined || problem.kind === 'gone');
    const pauseMs = comesBack ? STEADY_MS * random() : pauseAfter(problem, count, random());
    await clock.sleep(pauseMs, signal).catch(() => {});
  }
}

/** After these, the version that was reached is worth nothing. */
const LOSES: readonly KubeProblem['kind'][] = ['gone', 'rejected', 'not-kept'];
