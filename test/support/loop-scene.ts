import type { Considered, Rule, Turn } from '../../src/sidecar/rule/rule.ts';
import { runLoop } from '../../src/sidecar/loop.ts';
import { createSettler, type Settler } from '../../src/sidecar/settle.ts';
import type { View } from '../../src/sidecar/snapshot/view.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';

/** The real loop over a manual clock, with rules that do as they are told. */
export interface LoopScene extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly settler: Settler;
  /** When mounts were read, and rules were asked, as `read 1`, `ask web 1`, with the number of the view. */
  readonly log: string[];
  /** Phases of turns, in order. */
  readonly phases: string[];
  /** Whether a mount cannot be read, from now on. */
  setUnread: (unread: boolean) => void;
  /** What a rule answers, from now on. */
  answer: (rule: string, considered: Considered) => void;
  /** Told of each rule that is asked. */
  onAsk: (listen: (rule: string) => void) => void;
  /** Nothing new is to begin. */
  endSoon: () => void;
}

const NOTHING: Considered = { acted: false };

export function createLoopScene(names: readonly string[], minIntervalMs = 0): LoopScene {
  const clock = createManualClock();
  const settler = createSettler(clock, { quietMs: 100, maxMs: 1000, splayMs: 0 });
  const log: string[] = [];
  const phases: string[] = [];
  const answers = new Map<string, Considered>();
  const views = new Map<View, number>();
  let unread = false;
  const stop = new AbortController();
  const soon = new AbortController();
  let asked: ((rule: string) => void) | undefined;
  const rules = names.map((name) =>
    createRule(name, { log, views, answers, onAsk: (rule) => asked?.(rule) }),
  );
  const running = runLoop(
    {
      settler,
      rules,
      minIntervalMs,
      clock,
      reader: {
        hasReadAll: () => true,
        read: () => {
          const view: View = new Map();
          views.set(view, views.size + 1);
          log.push(`read ${views.size}`);
          return Promise.resolve({ view, unread });
        },
      },
      onTurn: (phase, _, isUnfinished = false) => phases.push(isUnfinished ? 'unfinished' : phase),
    },
    { soon: AbortSignal.any([soon.signal, stop.signal]), now: stop.signal },
  ).catch(() => {});
  return {
    clock,
    settler,
    log,
    phases,
    setUnread: (value) => {
      unread = value;
    },
    onAsk: (listen) => {
      asked = listen;
    },
    endSoon: () => soon.abort(),
    answer: (rule, considered) => answers.set(rule, considered),
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await running;
    },
  };
}

type RuleParts = {
  log: string[];
  views: ReadonlyMap<View, number>;
  answers: ReadonlyMap<string, Considered>;
  onAsk: (rule: string) => void;
};

function createRule(name: string, { log, views, answers, onAsk }: RuleParts): Rule {
  const consider = ({ view }: Turn): Promise<Considered> => {
    log.push(`ask ${name} ${views.get(view)}`);
    onAsk(name);
    return Promise.resolve(answers.get(name) ?? NOTHING);
  };
  return { name, action: 'signal', begin: unused, preview: unused, inspect: unused, consider };
}

function unused(): never {
  throw new Error('the loop does not ask for this');
}
