import { setTimeout as delay } from 'node:timers/promises';

import { waitFor, type Probe } from '../../support/wait-for.ts';

/** Generous, since a busy CI node starts a container in half a minute; a fact that holds ends the wait at once. */
export const DEADLINE_MS = 120_000;

const PAUSE_MS = 250;

/** `waitFor` for probes that start a kubectl: they pause in between, so as not to slow down what they wait for. */
export function waitForCluster<T>(
  what: string,
  probe: Probe<T>,
  deadlineMs = DEADLINE_MS,
): Promise<T> {
  const pausing: Probe<T> = async () => {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      await delay(PAUSE_MS);
      throw error;
    }
    await delay(PAUSE_MS);
    return undefined;
  };
  return waitFor(what, pausing, { deadlineMs });
}
