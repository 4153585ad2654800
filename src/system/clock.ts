import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

/** Time, as the core sees it. All readings are in milliseconds. */
export type Clock = {
  /** Wall clock, since the epoch. It may jump. */
  now: () => number;
  /** Since the boot of the machine, the clock of process start times. Resolution 10 ms. */
  uptime: () => number;
  /** Since rehup started, never jumping: for measuring and waiting. */
  elapsed: () => number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted first. */
  sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
};

export const systemClock: Clock = {
  now: () => Date.now(),
  uptime: readUptime,
  // Since the start of the process: doctor compares it with what /proc tells of that.
  elapsed: () => process.uptime() * 1000,
  sleep: async (ms, signal) => {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/**
 * `/proc/uptime` counts on CLOCK_BOOTTIME, the clock of process start times, with a resolution of
 * 10 ms; `process.hrtime` would not do, since CLOCK_MONOTONIC stops while the machine is suspended.
 */
function readUptime(): number {
  try {
    const uptimeMs = Number.parseFloat(readFileSync('/proc/uptime', 'utf8')) * 1000;
    bootedAtMs = uptimeMs - systemClock.elapsed();
    return uptimeMs;
  } catch (error) {
    // No file can be opened now (EMFILE): as good, unless the machine was suspended meanwhile.
    if (bootedAtMs !== undefined) return bootedAtMs + systemClock.elapsed();
    throw error;
  }
}

/** What the two clocks were apart when both could be read last. */
let bootedAtMs: number | undefined;
