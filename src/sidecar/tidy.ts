/** Gives memory back to the machine once nothing has happened for a while. */
export type Tidier = Disposable & {
  /** Something has happened that leaves much behind, a start: it goes. */
  soon: () => void;
  /** Something has happened that leaves little behind, a reload or an answer: it goes with that of others. */
  whenWorthwhile: () => void;
};

export type TidierInput = {
  /** Collects garbage and gives back what is free. */
  collect: () => void;
  /** What the heap holds of the machine's memory now, in bytes. */
  heapBytes: () => number;
};

/**
 * V8 collects when its heap is full, and a sidecar that has started or reloaded is done long before:
 * what it has left behind would stay for hours. A collection is some 30 ms of work, which is more than a
 * reload: so it waits until the heap has grown, and for quiet, but not forever.
 */
export function createTidier({ collect, heapBytes }: TidierInput): Tidier {
  let leftBytes = 0;
  let due = false;
  let timer: NodeJS.Timeout | undefined;
  let latestMs: number | undefined;
  const tidy = (): void => {
    latestMs = undefined;
    if (!due && heapBytes() < leftBytes + WORTHWHILE_BYTES) return;
    due = false;
    collect();
    leftBytes = heapBytes();
  };
  const wait = (): void => {
    const nowMs = performance.now();
    latestMs ??= nowMs + LATEST_MS;
    clearTimeout(timer);
    timer = setTimeout(tidy, Math.max(0, Math.min(QUIET_MS, latestMs - nowMs))).unref();
  };
  return {
    soon: () => {
      due = true;
      wait();
    },
    whenWorthwhile: wait,
    [Symbol.dispose]: () => clearTimeout(timer),
  };
}

/** Longer than the pauses within a reload and its proof. */
const QUIET_MS = 2000;
/** Scrapes each second are no quiet. */
const LATEST_MS = 10_000;
const WORTHWHILE_BYTES = 2 ** 20;

/** With the collector of V8, where the command line exposes it, as that of the image does. */
export function createProcessTidier(): Tidier {
  return createTidier({
    // Only as a last resort are pages given back that are partly in use.
    collect: () => globalThis.gc?.({ type: 'major', flavor: 'last-resort' }),
    heapBytes: readHeap,
  });
}

function readHeap(): number {
  try {
    return process.memoryUsage().heapTotal;
  } catch {
    // It reads a file in /proc, and none can be opened now (EMFILE): a collection can wait.
    return 0;
  }
}
