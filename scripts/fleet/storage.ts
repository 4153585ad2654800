/** What all API servers write to: etcd, and the work of the control plane per write. */
export type Storage = {
  /** Queues a write; gives the time when it is done. */
  write: (nowMs: number) => number;
  writes: () => number;
  /** How long a write waited behind others at most, in milliseconds: anybody's write. */
  longestWaitMs: () => number;
  /** The longest time without a pause between two writes, in milliseconds. */
  longestBusyMs: () => number;
};

/** One write after the other, each takes its part of the second. */
export function createStorage(writesPerSecond: number): Storage {
  let freeAtMs = 0;
  let busySinceMs = 0;
  let longestWaitMs = 0;
  let longestBusyMs = 0;
  let writes = 0;
  return {
    write: (nowMs) => {
      if (nowMs > freeAtMs) busySinceMs = nowMs;
      const startMs = Math.max(nowMs, freeAtMs);
      longestWaitMs = Math.max(longestWaitMs, startMs - nowMs);
      freeAtMs = startMs + 1000 / writesPerSecond;
      longestBusyMs = Math.max(longestBusyMs, freeAtMs - busySinceMs);
      writes += 1;
      return freeAtMs;
    },
    writes: () => writes,
    longestWaitMs: () => longestWaitMs,
    longestBusyMs: () => longestBusyMs,
  };
}
