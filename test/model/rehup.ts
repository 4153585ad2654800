import type { ReloadRequest } from '../../src/sidecar/act/action.ts';
import { createSignalAction } from '../../src/sidecar/act/signal.ts';
import { createEventBus, type Decision } from '../../src/sidecar/events.ts';
import { runLoop } from '../../src/sidecar/loop.ts';
import { isSettled } from '../../src/sidecar/outcome.ts';
import { createMemory, type Remembered } from '../../src/sidecar/rule/memory.ts';
import { createSpare } from '../../src/sidecar/rule/spare.ts';
import { createRule, type Rule } from '../../src/sidecar/rule/rule.ts';
import { createSettler } from '../../src/sidecar/settle.ts';
import type { HintSource } from '../../src/sidecar/watch/hint.ts';
import { identify } from '../../src/sidecar/target/age.ts';
import { createResolver } from '../../src/sidecar/target/resolver.ts';
import { watchSurvival } from '../../src/sidecar/verify/survive.ts';
import { attempted, isNeedless, proved, rehupStarted } from './model.ts';
import { MOUNT, nameOf, type Pod, self } from './pod.ts';

/** The real loop, rule, settling, resolution, signal and proof, in a pod that is data. */
export type Rehup = {
  isRunning: () => boolean;
  /** How far the attempt is that is under way, if there is one. */
  stage: () => Stage;
  start: (options: { remembers: boolean }) => void;
  /** As by SIGKILL: nothing is done any more. Resolves once nothing is. */
  stop: () => Promise<void>;
  hint: (source: HintSource) => void;
  /** Asks for a reload in any case. */
  force: () => void;
  /** Somebody asked for a reload, and has got no answer yet. */
  owes: () => boolean;
  /** The last thing it said about the content. */
  said: () => Decision | undefined;
  isPending: () => boolean;
};

/** No attempt; before the signal; after it, while the proof is waited for. */
export type Stage = 'none' | 'begun' | 'signalled';

const SIGHUP = { name: 'SIGHUP', number: 1 };
/** How long it takes at most until a swap is seen. */
export const POLL_MS = 5000;
const READY_MS = 100;
const SURVIVE_MS = 100;
const LIMITS = { quietMs: 200, maxMs: 5000, splayMs: 0 };
const RETRY = { retries: Number.POSITIVE_INFINITY, delayMs: 1000, maxDelayMs: 60_000 };
const INVALID = { outcome: 'invalid', reason: 'it is bad' } as const;

type Run = {
  rule: Rule;
  hint: (source: HintSource, force: boolean) => void;
  stop: () => Promise<void>;
};

export function createRehup(pod: Pod): Rehup {
  let run: Run | undefined;
  let saved: Remembered = {};
  let said: Decision | undefined;
  let stage: Stage = 'none';
  let owes = false;

  const start: Rehup['start'] = ({ remembers }) => {
    if (!remembers) saved = {};
    // What it remembers is compared with what it reads first: nothing, if there is nothing to read.
    pod.model = rehupStarted(pod.model, { remembers: remembers && pod.readable });
    const { clock, table } = pod;
    const events = createEventBus();
    const stop = new AbortController();
    let forced = false;
    let isForNothing = false;
    let readAtMs = 0;
    let request: ReloadRequest | undefined;

    events.on('decided', (decision) => {
      if (decision.outcome === 'reloaded' || decision.outcome === 'already-current') {
        const identities = pod.readable ? decision.targets.map(identify) : [];
        pod.model = proved(pod.model, { identities, content: nameOf(decision.hash), readAtMs });
      }
      said = decision;
    });

    const signalling = createSignalAction({
      signal: SIGHUP,
      requireHandler: true,
      table,
      self,
      kill: (pid) => {
        if (isForNothing) pod.violations.push('a signal for content that the app is known to have');
        stage = 'signalled';
        request?.targets.filter((target) => target.pid === pid).forEach(pod.signal);
      },
    });
    const memory = createMemory(structuredClone(saved), (all) => (saved = structuredClone(all)));
    const rule = createRule({
      name: 'default',
      watched: [{ path: MOUNT, volume: undefined }],
      counts: () => true,
      resolve: createResolver({
        spec: { by: 'container', name: 'app' },
        select: 'one',
        signal: SIGHUP.number,
        subPath: undefined,
        table,
        self,
        clock,
      }),
      validate: ({ hash }) => Promise.resolve(nameOf(hash) === 'bad' ? INVALID : undefined),
      awaitReady: async (signal) => {
        stage = 'begun';
        await clock.sleep(READY_MS, signal);
        return undefined;
      },
      action: {
        ...signalling,
        perform: async (asked, signal) => {
          request = asked;
          isForNothing = !forced && isNeedless(pod.model, nameOf(asked.hash));
          pod.model = attempted(pod.model);
          return await signalling.perform(asked, signal);
        },
      },
      prove: async ({ targets }, signal) =>
        (await watchSurvival(targets, SURVIVE_MS, { clock, table }, signal)) ?? pod.objection(),
      minAgeMs: 0,
      dryRun: false,
      spare: createSpare({ name: 'default', memory, clock }),
      clock,
      retry: RETRY,
      random: () => 1,
      events,
      memory,
      mayHaveMissed: () => true,
      hintWithinMs: POLL_MS + 1000,
    });

    const settler = createSettler(clock, LIMITS);
    const read = (): { view: ReturnType<Pod['view']>; unread: boolean } => {
      const view = pod.view();
      return { view, unread: view.size === 0 };
    };
    rule.begin(read().view);
    settler.hint({ source: 'start', complete: true });
    const ended = runLoop(
      {
        settler,
        reader: { read: () => Promise.resolve(read()), hasReadAll: () => true },
        rules: [rule],
        minIntervalMs: 0,
        clock,
        onTurn: (phase, { force }) => {
          if (phase === 'begin') {
            readAtMs = clock.uptime();
            // One that failed is tried again.
            forced = force || (forced && said?.pending === true);
            if (owes && !force) pod.violations.push('a trigger was lost');
            return;
          }
          stage = 'none';
          if (force) owes = false;
        },
      },
      { soon: stop.signal, now: stop.signal },
    ).catch((error: unknown) => {
      if (error !== stop.signal.reason) pod.violations.push(`the loop ended: ${String(error)}`);
    });

    run = {
      rule,
      hint: (source, force) => settler.hint({ source, complete: force, force }),
      stop: async () => {
        stop.abort(new Error('killed'));
        await ended;
      },
    };
  };

  return {
    isRunning: () => run !== undefined,
    stage: () => stage,
    start,
    stop: async () => {
      await run?.stop();
      run = undefined;
      stage = 'none';
      owes = false;
    },
    hint: (source) => run?.hint(source, false),
    force: () => {
      owes = run !== undefined;
      run?.hint('trigger', true);
    },
    owes: () => owes,
    said: () => said,
    isPending: () => run?.rule.inspect().ledger.pending !== undefined,
  };
}

/** What it last said is that, and why, the app does not have the content. */
export function isExplained(rehup: Rehup): boolean {
  const said = rehup.said();
  return said !== undefined && said.pending && !isSettled(said.outcome) && said.reason !== '';
}
