import type { Clock } from '../../system/clock.ts';
import type { Action } from '../act/action.ts';
import type { Failure } from '../outcome.ts';
import type { Process } from '../target/processes.ts';
import {
  findHeld,
  forgive,
  type HeldSignals,
  learn,
  type Meeting,
  remember,
} from './held-signal.ts';
import type { Memory } from './memory.ts';

/** Keeps the app from a signal that has ended it. Told of each attempt in turn. */
export type Spare = {
  /** These are there now. */
  meet: (meeting: Omit<Meeting, 'nowMs'>) => void;
  /** Why the action is not to be carried out on these. */
  findHeld: (action: Action, targets: readonly Process[]) => Failure | undefined;
  /** What came of it. */
  learn: (action: Action, acted: Acted, failure: Failure | undefined) => void;
};

type Acted = { targets: readonly Process[]; hash: string };

export type SpareParts = { name: string; memory: Memory; clock: Clock };

export function createSpare({ name, memory, clock }: SpareParts): Spare {
  const update = (change: (all: HeldSignals) => HeldSignals): void => {
    const before = memory.held(name);
    const after = change(before);
    if (after !== before) memory.hold(name, after);
  };
  return {
    meet: (meeting) => update((all) => learn(all, { ...meeting, nowMs: clock.uptime() })),
    findHeld: ({ signal }, targets) =>
      signal === undefined ? undefined : findHeld(memory.held(name), targets, signal),
    learn: ({ signal, endsTarget }, { targets, hash }, failure) => {
      if (signal === undefined || endsTarget === true) return;
      if (failure === undefined) update((all) => forgive(all, targets));
      const dead = targets.find(({ pid }) => pid === failure?.endedPid);
      if (dead !== undefined) update((all) => remember(all, dead, { signal, hash }));
    },
  };
}
