import { createEventBus, type EventBus } from '../events.ts';
import type { Mount } from '../mount/mount.ts';
import type { Outcome } from '../outcome.ts';
import type { Changes } from '../snapshot/diff.ts';

/** It was next, and is not any more. */
const FELL: readonly Outcome[] = ['held', 'rolled-back'];

const STAYS = 'this pod goes on with stable until next is another';

/** A bus that tells of the source in the place of what is published. @param isRefused It fell back, and was not superseded. */
export function tellOfSource(
  events: EventBus,
  current: () => Mount,
  isRefused: (of: { hash: string }) => boolean,
): EventBus {
  const own = createEventBus();
  const nameOf = (): string => current().path;
  const move = <Value>(values: ReadonlyMap<string, Value>): Map<string, Value> =>
    new Map([...values.values()].map((value) => [nameOf(), value]));
  const moveChanges = (changes: Changes): Changes => move(changes);
  own.on('applied', (of) => events.emit('applied', { ...of, snapshots: move(of.snapshots) }));
  own.on('desired', (of) => events.emit('desired', { ...of, snapshots: move(of.snapshots) }));
  own.on('update-seen', (of) => {
    events.emit('update-seen', { ...of, changes: moveChanges(of.changes) });
  });
  own.on('circuit', (of) => events.emit('circuit', of));
  own.on('decided', (decision) => {
    if (decision.outcome === 'superseded' && isRefused(decision)) return;
    const fell = isRefused(decision) && FELL.includes(decision.outcome);
    const why = fell ? { reason: `${decision.reason ?? ''}; ${STAYS}` } : {};
    events.emit('decided', { ...decision, ...why, changes: moveChanges(decision.changes) });
  });
  return own;
}
