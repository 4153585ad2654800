/** Gives memory back to the machine once nothing has happened for a while. */
export type Tidier = Disposable & {
  /** Something rare has happened, a start or a reload: what it has left behind goes. */
  soon: () => void;
  /** Something has happened that may come often: only if it has left much behind. */
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
 * what it has left behind would stay for hours. A collection is some 20 ms of work, so it waits for
 * quiet.
 */
export function createTidier({ collect, heapBytes }: TidierInput): Tidier {
  let leftBytes = 0;
  let due = false;
  let timer: NodeJS.Timeout | undefined;
  const tidy = (): void => {
    if (!due && heapBytes() < leftBytes + WORTHWHILE_BYTES) return;
    due = false;
    collect();
    leftBytes = heapBytes();
  };
  const wait = (): void => {
    clearTimeout(timer);
    timer = setTimeout(tidy, QUIET_MS).unref();
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
const WORTHWHILE_BYTES = 1.5 * 2 ** 20;

/** With the collector of V8, where the command line exposes it, as that of the image does. */
export function createProcessTidier(): Tidier {
  return createTidier({
    // Only as a last resort are pages given back that are partly in use.
    collect: () => globalThis.gc?.({ type: 'major', flavor: 'last-resort' }),
    heapBytes: () => process.memoryUsage().heapTotal,
  });
}
