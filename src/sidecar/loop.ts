import type { Clock } from '../system/clock.ts';
import type { Ends } from './ends.ts';
import type { Considered, Rule } from './rule/rule.ts';
import type { Burst, Settler } from './settle.ts';
import type { View, ViewReader } from './snapshot/view.ts';

export type LoopInput = {
  settler: Settler;
  reader: ViewReader;
  /** In the order in which they are to act. */
  rules: readonly Rule[];
  /** Least time between two reloads, in milliseconds. */
  minIntervalMs: number;
  clock: Clock;
  /**
   * Told at the begin and the end of each turn: a turn that never ends is a stuck loop.
   *
   * @param isUnfinished It is to be taken once more, since the content has moved.
   */
  onTurn: (phase: 'begin' | 'end', burst: Burst, isUnfinished?: boolean) => void;
};

/** Burst → snapshots → each rule in turn → the next retry. Ends only by the signals. */
export async function runLoop(input: LoopInput, ends: Ends): Promise<never> {
  const { settler, reader, rules, minIntervalMs, clock, onTurn } = input;
  let unread = false;
  const read = async (signal: AbortSignal): Promise<View> => {
    const reading = await reader.read(signal);
    ({ unread } = reading);
    return reading.view;
  };
  for (;;) {
    const burst = await settler.next(ends.soon);
    onTurn('begin', burst);
    let view = await read(ends.soon);
    const turns: Considered[] = [];
    for (const rule of rules) {
      // Whatever the one before it did took its time: the content may be another by now.
      if (turns.at(-1)?.attempted === true) view = await read(ends.soon);
      ends.soon.throwIfAborted();
      turns.push(await rule.consider({ view, burst, readAgain: read }, ends));
    }
    // A key that belongs to one rule is none of the others' business: only one of no rule is news.
    if (turns.every(({ sayIdle }) => sayIdle)) for (const { sayIdle } of turns) sayIdle?.();
    if (turns.some(({ acted }) => acted)) settler.holdUntil(clock.elapsed() + minIntervalMs);
    const isUnfinished = turns.some(({ movedOn }) => movedOn);
    const delays = turns.flatMap(({ retryInMs, movedOn }) =>
      movedOn ? MOVED_ON_MS : (retryInMs ?? []),
    );
    const retryInMs = Math.min(...delays, unread ? REREAD_MS : Number.POSITIVE_INFINITY);
    settler.retryAt(clock.elapsed() + retryInMs);
    onTurn('end', burst, isUnfinished);
  }
}

/** A mount that cannot be read gives no event when it can be again (a permission, say). */
const REREAD_MS = 2000;

/** Content that moves gives hints, which are waited for; where it does not, this brings the next look. */
const MOVED_ON_MS = 250;
