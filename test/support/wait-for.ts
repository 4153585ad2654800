import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';

export interface WaitForOptions {
  readonly deadlineMs?: number;
}

export type Probe<T> = () => T | undefined | false | Promise<T | undefined | false>;

const PROBE_INTERVAL_MS = 5;

/** What takes a tenth of a second takes half a minute where thirty others want the same processor. */
const DEADLINE_MS = 120_000;

/**
 * Probes for a fact until it holds, and returns what the probe found. A probe that throws has not
 * found it yet; its last error goes into the message, since it usually names the cause. A probe
 * that never answers is cut off at the deadline too.
 */
export async function waitFor<T>(
  what: string,
  probe: Probe<T>,
  { deadlineMs = DEADLINE_MS }: WaitForOptions = {},
): Promise<T> {
  const stop = new AbortController();
  const attempts: Attempts = { lastError: undefined };
  try {
    const found = await Promise.race([
      probeUntilFound(probe, attempts, stop.signal),
      expire(deadlineMs, stop.signal),
    ]);
    if (found) return found;
  } finally {
    stop.abort();
  }
  throw timeoutError(what, attempts.lastError);
}

interface Attempts {
  lastError: unknown;
}

async function probeUntilFound<T>(
  probe: Probe<T>,
  attempts: Attempts,
  signal: AbortSignal,
): Promise<T | undefined> {
  while (!signal.aborted) {
    try {
      const found = await probe();
      if (found) return found;
    } catch (error) {
      attempts.lastError = error;
    }
    await delay(PROBE_INTERVAL_MS);
  }
  return undefined;
}

function expire(deadlineMs: number, signal: AbortSignal): Promise<undefined> {
  // The abort only clears the timer; by then nobody looks at this promise any more.
  return delay(deadlineMs, undefined, { signal }).catch(() => undefined);
}

function timeoutError(what: string, lastError: unknown): Error {
  const message = `timed out waiting for ${what}`;
  if (lastError === undefined) return new Error(message);
  const reason = lastError instanceof Error ? lastError.message : inspect(lastError);
  return new Error(`${message}: ${reason}`, { cause: lastError });
}
