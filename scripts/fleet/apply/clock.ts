import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../../../src/system/clock.ts';
import type { Timeline } from '../events.ts';

/** The clock of a timeline, for code that waits. */
export function clockOf(timeline: Timeline): Pick<Clock, 'elapsed' | 'sleep'> {
  return {
    elapsed: timeline.now,
    sleep: async (ms) => {
      if (ms > 0) await new Promise<void>((wake) => timeline.at(timeline.now() + ms, wake));
    },
  };
}

/** Lets one event follow the other until the work is done; what follows from one comes before the next. */
export async function playUntil<Result>(
  timeline: Timeline,
  work: Promise<Result>,
): Promise<Result> {
  let isDone = false;
  const ending = work.finally(() => {
    isDone = true;
  });
  // Who awaits it hears of a failure.
  ending.catch(() => {});
  for (;;) {
    await nextTurn();
    if (isDone || !timeline.step()) return await ending;
  }
}
