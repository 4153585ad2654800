import { withAnySignal } from '../system/any-signal.ts';
import type { Clock } from '../system/clock.ts';
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
  /** Told at the begin and the end of each turn: a turn that never ends is a stuck loop. */
  onTurn: (phase: 'begin' | 'end', burst: Burst) => void;
};

/** Burst → snapshots → each rule in turn → the next retry. Ends only by the signal. */
export async function runLoop(input: LoopInput, signal: AbortSignal): Promise<never> {
  const { settler, reader, rules, minIntervalMs, clock, onTurn } = input;
  const retry = createRetryTimer(settler, clock, signal);
  let unread = false;
  const read = async (): Promise<View> => {
    const reading = await reader.read(signal);
    ({ unread } = reading);
    return reading.view;
  };
  for (;;) {
    const burst = await settler.next(signal);
    onTurn('begin', burst);
    let view = await read();
    const turns: Considered[] = [];
    for (const rule of rules) {
      // Whatever the one before it did took its time: the content may be another by now.
      if (turns.at(-1)?.attempted === true) view = await read();
      turns.push(await rule.consider({ view, burst, readAgain: read }, signal));
    }
    // A key that belongs to one rule is none of the others' business: only one of no rule is news.
    if (turns.every(({ sayIdle }) => sayIdle)) for (const { sayIdle } of turns) sayIdle?.();
    if (turns.some(({ acted }) => acted)) settler.holdUntil(clock.elapsed() + minIntervalMs);
    const delays = turns.flatMap(({ retryInMs }) => retryInMs ?? []);
    retry.set(Math.min(...delays, unread ? REREAD_MS : Number.POSITIVE_INFINITY));
    onTurn('end', burst);
  }
}

/** A mount that cannot be read gives no event when it can be again (a permission, say). */
const REREAD_MS = 2000;

type RetryTimer = { set: (delayMs: number) => void };

/** One timer: the earliest retry of all rules. Each turn of the loop sets it anew. */
function createRetryTimer(settler: Settler, clock: Clock, signal: AbortSignal): RetryTimer {
  let planned: AbortController | undefined;
  const wait = async (delayMs: number, within: AbortSignal): Promise<void> => {
    try {
      await clock.sleep(delayMs, within);
    } catch {
      return;
    }
    settler.hint({ source: 'retry', complete: true });
  };
  return {
    set: (delayMs) => {
      planned?.abort();
      planned = undefined;
      if (!Number.isFinite(delayMs)) return;
      planned = new AbortController();
      void withAnySignal([signal, planned.signal], (any) => wait(delayMs, any));
    },
  };
}
