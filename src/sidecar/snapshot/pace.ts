/** So many files, or pieces of one, are some milliseconds of work. */
const SLICE = 128;

/**
 * Divides long work into slices, between which the endpoints answer and signals are heard. Asked at
 * each step; what takes less than one slice is done in one go, without any delay. Steps are counted
 * rather than timed, so that the same work is divided in the same way on any machine.
 */
export type Pace = () => Promise<void> | undefined;

export function createPace(signal?: AbortSignal): Pace {
  let steps = 0;
  return () => {
    steps += 1;
    return steps % SLICE === 0 ? letOthers(signal) : undefined;
  };
}

async function letOthers(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  signal?.throwIfAborted();
}
