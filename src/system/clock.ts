import { setTimeout as delay } from 'node:timers/promises';
import { readProcFile } from './proc/read.ts';
import { parseStat } from './proc/stat.ts';

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
      // A moment that has passed is now: Node would warn of a negative time, on stderr.
      await delay(Math.max(0, ms), undefined, signal === undefined ? {} : { signal });
    } catch (error) {
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/**
 * `/proc/uptime` counts on CLOCK_BOOTTIME, the clock of process start times, with a resolution of
 * 10 ms; `process.hrtime` would not do, since CLOCK_MONOTONIC stops while the machine is suspended. But
 * it need not be the kernel's: lxcfs mounts a file over it that tells the uptime of the container. So
 * it is held against the start time of the own process, which is on the same clock and cannot lie.
 */
function readUptime(): number {
  const elapsedMs = systemClock.elapsed();
  const passedMs = elapsedMs - lastRead.elapsedMs;
  const driftMs = Date.now() - lastRead.wallMs - passedMs;
  if (passedMs < REREAD_MS && Math.abs(driftMs) < ALIKE_MS) {
    return passOn(lastRead.seenMs + passedMs);
  }
  const seenMs = readSeen();
  // Right after its start, that is a few milliseconds behind: nothing of us ran before.
  const leastMs = (readOwnStart() ?? 0) + elapsedMs;
  if (seenMs !== undefined && seenMs >= leastMs - COARSE_MS) {
    bootedAtMs = seenMs - elapsedMs;
    keep(seenMs, elapsedMs);
    return passOn(seenMs);
  }
  // It lies, or no file can be opened now (EMFILE): as good, unless the machine was suspended meanwhile.
  return bootedAtMs === undefined
    ? Math.max(leastMs, Number(process.hrtime.bigint() / 1_000_000n))
    : bootedAtMs + elapsedMs;
}

/** Neither of two readings is later than it is: the later one of them is nearer. It never goes back. */
function passOn(ms: number): number {
  toldMs = Math.max(toldMs, ms);
  return toldMs;
}

let toldMs = 0;

/**
 * What was read last. It holds for a moment, as long as wall clock and CLOCK_MONOTONIC have moved alike:
 * a suspended machine, and nothing else, moves the one without the other.
 */
let lastRead = { elapsedMs: Number.NEGATIVE_INFINITY, wallMs: 0, seenMs: 0 };
const REREAD_MS = 1000;
const ALIKE_MS = 5;

/** Not where others ran while it was read, since it is not known then when it was. */
function keep(seenMs: number, beganMs: number): void {
  const elapsedMs = systemClock.elapsed();
  if (elapsedMs - beganMs < AT_ONCE_MS) lastRead = { elapsedMs, wallMs: Date.now(), seenMs };
}

const AT_ONCE_MS = 0.5;

/** Both readings are cut off to ticks of 10 ms. */
const COARSE_MS = 50;

/** What the two clocks were apart when both could be read last. */
let bootedAtMs: number | undefined;

function readSeen(): number | undefined {
  try {
    const seenMs = Number.parseFloat(readProcFile('/proc/uptime')) * 1000;
    return Number.isFinite(seenMs) ? seenMs : undefined;
  } catch {
    return undefined;
  }
}

let ownStartMs: number | undefined;

/** It does not change, and is read until it is known. */
function readOwnStart(): number | undefined {
  try {
    ownStartMs ??= parseStat(readProcFile('/proc/self/stat'))?.startedMs;
  } catch {
    // No file can be opened now.
  }
  return ownStartMs;
}
