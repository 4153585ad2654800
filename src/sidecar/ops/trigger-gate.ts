import type { Clock } from '../../system/clock.ts';

/** From one reload that somebody asked for to the next. */
const LEAST_APART_MS = 1000;

/**
 * However many ask for a reload: one is under way, one waits, and all who come meanwhile get the answer
 * of the one that waits. It begins after they have asked, so it is an answer to them, too.
 */
export function createTriggerGate<Result>(
  run: () => Promise<Result>,
  clock: Pick<Clock, 'elapsed' | 'sleep'>,
): () => Promise<Result> {
  let current: Promise<unknown> = Promise.resolve();
  let waiting: Promise<Result> | undefined;
  let lastMs = Number.NEGATIVE_INFINITY;
  const runNext = async (before: Promise<unknown>): Promise<Result> => {
    await before.catch(() => {});
    await clock.sleep(Math.max(0, lastMs + LEAST_APART_MS - clock.elapsed()));
    waiting = undefined;
    lastMs = clock.elapsed();
    current = run();
    return await (current as Promise<Result>);
  };
  return () => {
    waiting ??= runNext(current);
    return waiting;
  };
}
