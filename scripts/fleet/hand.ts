import type { FleetSettings } from './settings.ts';

/** The queues that one flow may wait in. */
export type Hand<Item> = {
  /** Whether the shortest queue has a place left. */
  hasRoom: () => boolean;
  /** Puts it into the shortest queue; gives a way to leave before it is served. */
  add: (item: Item) => () => void;
  /** The next one, from the queues in turn. */
  next: () => Item | undefined;
  /** The most that ever waited, over all queues. */
  longest: () => number;
};

/** One flow of API Priority and Fairness has a hand of the queues of its priority level. */
export function createHand<Item>({
  handSize,
  queueLength,
}: Pick<FleetSettings, 'handSize' | 'queueLength'>): Hand<Item> {
  const queues = Array.from({ length: Math.max(1, handSize) }, () => new Set<{ item: Item }>());
  let turn = 0;
  let waiting = 0;
  let longest = 0;

  const shortest = (): Set<{ item: Item }> =>
    queues.reduce((best, queue) => (queue.size < best.size ? queue : best));

  const take = (queue: Set<{ item: Item }>, entry: { item: Item }): void => {
    if (queue.delete(entry)) waiting -= 1;
  };

  return {
    hasRoom: () => shortest().size < queueLength,
    add: (item) => {
      const queue = shortest();
      const entry = { item };
      queue.add(entry);
      waiting += 1;
      longest = Math.max(longest, waiting);
      return () => take(queue, entry);
    },
    next: () => {
      for (const _ of queues) {
        const queue = queues[turn];
        turn = (turn + 1) % queues.length;
        const [entry] = queue ?? [];
        if (queue === undefined || entry === undefined) continue;
        take(queue, entry);
        return entry.item;
      }
      return undefined;
    },
    longest: () => longest,
  };
}
