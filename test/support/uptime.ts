import { readFileSync } from 'node:fs';
import { waitFor } from './wait-for.ts';

/** Milliseconds since boot: the clock of process start times. */
export function uptimeMs(): number {
  return Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000;
}

/**
 * Waits until a process that starts now is clearly younger than whatever exists already. Start
 * times and times on disk have a resolution of 10 ms each; closer than that, order is unknown.
 */
export async function nextMoment(): Promise<void> {
  const after = uptimeMs() + 50;
  await waitFor('the clock to move on', () => uptimeMs() > after);
}
