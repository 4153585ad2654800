import type { Clock } from '../system/clock.ts';
import { createFailureRow, pauseAfter } from './backoff.ts';
import { KubeProblem } from './problem.ts';

export type PatienceInput = {
  clock: Clock;
  random: () => number;
  /** Told of each failure, and with `undefined` of the success. */
  onProblem: (problem: KubeProblem | undefined) => void;
};

/** Tries until it works or the signal is aborted, with growing pauses. */
export async function patiently<Result>(
  work: () => Promise<Result>,
  { clock, random, onProblem }: PatienceInput,
  signal: AbortSignal,
): Promise<Result> {
  const failures = createFailureRow();
  for (;;) {
    try {
      const result = await work();
      onProblem(undefined);
      return result;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeProblem)) throw error;
      onProblem(error);
      await clock.sleep(pauseAfter(error, failures.add(error), random()), signal);
    }
  }
}
