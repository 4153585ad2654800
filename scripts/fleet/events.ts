/** A clock that jumps from one event to the next: nothing waits for real time. */
export type Timeline = {
  /** In milliseconds since the change of the ConfigMap. */
  now: () => number;
  /** Runs it at that time, or now if that is past. Of the same time, in the order of the calls. */
  at: (ms: number, run: () => void) => void;
  /** Until nothing is planned any more. */
  run: () => void;
  /** The next one alone; false where nothing is planned any more. */
  step: () => boolean;
};

type Planned = { ms: number; order: number; run: () => void };

export function createTimeline(): Timeline {
  const heap: Planned[] = [];
  let nowMs = 0;
  let count = 0;

  const step = (): boolean => {
    const next = pop(heap);
    if (next === undefined) return false;
    nowMs = next.ms;
    next.run();
    return true;
  };

  return {
    step,
    now: () => nowMs,
    at: (ms, run) => {
      count += 1;
      push(heap, { ms: Math.max(ms, nowMs), order: count, run });
    },
    run: () => {
      while (step());
    },
  };
}

function isBefore(one: Planned | undefined, other: Planned | undefined): boolean {
  if (one === undefined || other === undefined) return one !== undefined;
  return one.ms < other.ms || (one.ms === other.ms && one.order < other.order);
}

/** A binary heap: the parent of the item at `index` is at `(index - 1) >> 1`, and before it. */
function push(heap: Planned[], item: Planned): void {
  let index = heap.length;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || isBefore(above, item)) break;
    heap[index] = above;
    index = parent;
  }
  heap[index] = item;
}

function pop(heap: Planned[]): Planned | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const child = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
    const below = heap[child];
    if (below === undefined || isBefore(last, below)) break;
    heap[index] = below;
    index = child;
  }
  heap[index] = last;
  return first;
}
