import type { Decision, EventBus } from './events.ts';
import type { Hint, HintSource } from './watch/hint.ts';

/** What came of a reload that somebody asked for. */
export type TriggerResult = readonly Pick<Decision, 'rule' | 'outcome' | 'reason' | 'remedy'>[];

export type Trigger = {
  /** Looks again now, and reloads even if nothing changed. */
  force: (source: Extract<HintSource, 'signal' | 'trigger'>) => void;
  /** The same, and waits for what comes of it. */
  run: () => Promise<TriggerResult>;
};

export function createTrigger(events: EventBus, hint: (hint: Hint) => void): Trigger {
  let turn: Decision[] = [];
  let waiting: ((result: TriggerResult) => void)[] = [];
  events.on('decided', (decision) => turn.push(decision));
  events.on('turn-ended', ({ sources }) => {
    const decisions = turn.filter(({ outcome }) => outcome !== 'superseded');
    turn = [];
    // A turn that was under way when somebody asked is not the answer.
    if (!sources.has('trigger')) return;
    for (const answer of waiting) answer(decisions.map(summarise));
    waiting = [];
  });
  const force: Trigger['force'] = (source) => {
    events.emit('hint', { source });
    hint({ source, complete: true, force: true });
  };
  // Who asked before the first session, or between two, was heard by nobody.
  events.on('watching', () => {
    if (waiting.length > 0) force('trigger');
  });
  return {
    force,
    run: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        force('trigger');
      }),
  };
}

function summarise({ rule, outcome, reason, remedy }: Decision): TriggerResult[number] {
  return {
    rule,
    outcome,
    ...(reason !== undefined && { reason }),
    ...(remedy !== undefined && { remedy }),
  };
}
