import type { Decision, EventBus } from './events.ts';
import type { Hint, HintSource } from './watch/hint.ts';

/** What came of a reload that somebody asked for. */
export type TriggerResult = readonly Pick<Decision, 'rule' | 'outcome' | 'reason' | 'remedy'>[];

type TriggerSource = Extract<HintSource, 'signal' | 'trigger'>;

export type Trigger = {
  /** Looks again now, and reloads even if nothing changed. */
  force: (source: TriggerSource) => void;
  /** The same, and waits for what comes of it. */
  run: () => Promise<TriggerResult>;
};

type Wish = { source: TriggerSource; answer?: (result: TriggerResult) => void };

/**
 * Knows who asked for a reload, and in which turn of the loop it is carried out: the first that begins
 * after they asked, since an earlier one may have read what is out of date by now. Decides who gets
 * which answer.
 *
 * @param waitsFor Why a reload cannot begin at once, in words; `undefined` where it can.
 */
export function createTrigger(
  events: EventBus,
  hint: (hint: Hint) => void,
  waitsFor: () => string | undefined = () => undefined,
): Trigger {
  let open: Wish[] = [];
  let underWay: Wish[] = [];
  let decisions: Decision[] = [];

  events.on('turn-began', ({ sources }) => {
    decisions = [];
    underWay = open.filter(({ source }) => sources.has(source));
    open = open.filter(({ source }) => !sources.has(source));
  });
  events.on('decided', (decision) => {
    if (underWay.length > 0) decisions.push(decision);
  });
  const askAgain = (): void => {
    open = [...underWay, ...open];
    underWay = [];
    for (const source of new Set(open.map((wish) => wish.source))) tell(source);
  };
  events.on('turn-ended', ({ isUnfinished }) => {
    if (isUnfinished) return askAgain();
    const result = decisions.filter(({ outcome }) => outcome !== 'superseded').map(summarise);
    for (const { answer } of underWay) answer?.(result);
    underWay = [];
    decisions = [];
  });
  // Nobody heard who asked before the first session, or between two; a new configuration cuts a turn short.
  events.on('watching', askAgain);

  const tell = (source: TriggerSource): void => {
    events.emit('hint', { source });
    hint({ source, complete: true, force: true });
  };
  const ask = (wish: Wish): void => {
    const { source } = wish;
    open.push(wish);
    tell(source);
    const reason = waitsFor();
    if (reason !== undefined) events.emit('trigger-waits', { source, reason });
  };
  return {
    force: (source) => {
      const isKnown = open.some((wish) => wish.source === source && wish.answer === undefined);
      if (isKnown) tell(source);
      else ask({ source });
    },
    run: () => new Promise((answer) => ask({ source: 'trigger', answer })),
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
