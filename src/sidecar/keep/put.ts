import { KubeProblem } from '../../kubernetes/problem.ts';
import { isSameContent, type Kept } from '../publish/kept.ts';
import type { Slot, Store } from './store.ts';

/** So often others may be faster in a row. */
const ATTEMPTS = 10;

type KeptSlot = Slot & { found: { is: 'kept'; kept: Kept; isOwned: boolean } };

/** The newest of what is whole. */
export function newestOf(slots: readonly Slot[]): KeptSlot | undefined {
  return slots.filter(isKept).toSorted((one, other) => turnOf(other) - turnOf(one))[0];
}

function isKept(slot: Slot): slot is KeptSlot {
  return slot.found?.is === 'kept';
}

function turnOf({ found }: KeptSlot): number {
  return found.kept.turn;
}

/**
 * Keeps content: written under the name that is free, so that what was kept before is there until then,
 * and goes afterwards. All pods of a workload do so at once; the first one writes it.
 *
 * @returns The name, and whether it was written by this call.
 */
export async function putKept(
  store: Store,
  draft: Omit<Kept, 'turn'>,
  signal: AbortSignal,
): Promise<{ slot: Pick<Slot, 'name'>; isNew: boolean }> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const slots = await store.read(signal);
    const newest = newestOf(slots);
    const turn = (newest?.found.kept.turn ?? 0) + 1;
    const kept = { ...draft, turn };
    if (newest?.found.isOwned === true && isSameContent(newest.found.kept, kept)) {
      await dropAll(store, slots, newest, signal);
      return { slot: newest, isNew: false };
    }
    const free = slots.find((slot) => slot.name !== newest?.name);
    if (free === undefined) break;
    const isFree = await store.drop(free, signal);
    if (!isFree || !(await store.create(free.name, kept, signal))) continue;
    await dropAll(store, slots, free, signal);
    return { slot: free, isNew: true };
  }
  throw new KubeProblem({
    kind: 'conflict',
    message: 'other pods keep other content all the time',
    remedy: 'none needed: it is tried again',
  });
}

async function dropAll(
  store: Store,
  slots: readonly Slot[],
  except: Slot,
  signal: AbortSignal,
): Promise<void> {
  for (const slot of slots) if (slot.name !== except.name) await store.drop(slot, signal);
}
