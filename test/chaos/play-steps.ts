import { setTimeout as delay } from 'node:timers/promises';

/** How long a pod may take until nothing is left to do, once nothing is in the way. It is never waited out. */
export const SETTLE_WITHIN_MS = 60_000;

const STEP_WITHIN_MS = 2 * SETTLE_WITHIN_MS;

/** Something that will be over after some steps, at the latest with the schedule. */
interface Open {
  left: number;
  readonly what: string;
  readonly close: () => Promise<void> | void;
}

/** After so many further steps, this is to be done. */
export type Last = (steps: number, close: Open['close']) => void;

export interface Acts<Action> {
  readonly act: (action: Action, last: Last) => Promise<void>;
  /** After all that lasted is over. */
  readonly end: () => Promise<void>;
}

/** Lets the steps of a schedule happen, one after the other, and ends what they have begun. */
export async function playSteps<Action extends { readonly do: string }>(
  steps: readonly (Action & { readonly pauseMs: number })[],
  { act, end }: Acts<Action>,
): Promise<void> {
  const open: Open[] = [];
  for (const step of steps) {
    if (step.do === 'settle') await closeAll(open);
    const last: Last = (left, close) => void open.push({ left, what: step.do, close });
    await within(STEP_WITHIN_MS, `the step ${step.do}`, act(step, last));
    await delay(step.pauseMs);
    for (const one of open.splice(0)) {
      one.left -= 1;
      if (one.left <= 0) await within(STEP_WITHIN_MS, `the end of ${one.what}`, one.close());
      else open.push(one);
    }
  }
  await closeAll(open);
  await within(STEP_WITHIN_MS, 'the end', end());
}

async function closeAll(open: Open[]): Promise<void> {
  for (const one of open.splice(0)) {
    await within(STEP_WITHIN_MS, `the end of ${one.what}`, one.close());
  }
}

/** A step that never ends is a failure, too, and must be told of. */
async function within(ms: number, what: string, work: Promise<void> | void): Promise<void> {
  const over = new AbortController();
  const expire = async (): Promise<void> => {
    await delay(ms, undefined, { signal: over.signal });
    throw new Error(`${what} did not end within ${ms} ms`);
  };
  try {
    await Promise.race([work, expire()]);
  } finally {
    over.abort();
  }
}
