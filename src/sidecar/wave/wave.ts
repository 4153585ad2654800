import { KubeProblem } from '../../kubernetes/problem.ts';
import { toApiFailure } from '../act/api-failure.ts';
import { describeBug } from '../../system/errors.ts';
import type { Failure, FailureOutcome } from '../outcome.ts';
import type { Gate, Told } from '../rule/gate.ts';
import { splayFraction } from '../splay.ts';
import { type Crew, openCrew } from './crew.ts';
import { decide, type Step } from './decide.ts';
import type { Lease } from './lease.ts';
import { createPodTurn, type PodTurn } from './turn-of-pod.ts';
import { pauseMs } from './pace.ts';
import { watchHolder } from './watch-holder.ts';
import { describeAway, describeHold, describeSplay, describeWait } from './words.ts';
import type { WaveInput } from './input.ts';

/** How long a pod that could not act leaves the first turn to others. */
const PASS_MS = 30_000;

/** So often somebody else may be faster in a row. */
const ATTEMPTS = 10;

/** What this pod knows of the content that it is asked about. */
type Turn = {
  hash: string;
  pod: PodTurn;
  /** It was acted on, or is to be in any case: nobody is asked any more. */
  granted: boolean;
  /** Its turn has come, and is spread. */
  spread: boolean;
  /** Since when the API server has not answered, on `Clock.elapsed`. */
  awaySinceMs: number | undefined;
  passedUntilMs: number;
};

/** The gate of a rule: one Lease for all pods of the workload tells whose turn it is. */
export function createWave(input: WaveInput): Gate & AsyncDisposable {
  const { rule, clock, random, events, podName, splayMs, patienceMs, notice } = input;
  const fraction = splayFraction(podName);
  const holderWatch = watchHolder(clock.elapsed);
  let crew: Crew | undefined;
  let turn: Turn | undefined;

  const join = async (signal: AbortSignal): Promise<Crew> => {
    crew ??= await openCrew(input, signal);
    return crew;
  };
  const onBug = (error: Error): void => {
    events.emit('api-problem', { feature: 'wave', ...describeBug(error) });
  };
  const begin = async (hash: string): Promise<Turn> => {
    const before = turn?.pod;
    await before?.[Symbol.asyncDispose]();
    const clears = before?.standing.rejected === true || before?.standing.clears === true;
    const pod = createPodTurn({ ...input, crew: join, onBug }, hash, clears);
    return {
      hash,
      pod,
      granted: false,
      spread: false,
      awaySinceMs: undefined,
      passedUntilMs: Number.NEGATIVE_INFINITY,
    };
  };

  const look = async (now: Turn, own: Crew, signal: AbortSignal): Promise<Step> => {
    for (let attempt = 1; ; attempt += 1) {
      const lease = await own.store.read(signal);
      const id = await own.name(now.hash, lease);
      const step = decide({
        me: podName,
        rule,
        hash: id,
        fraction,
        holder: lease.holder,
        waves: lease.waves,
        isExpired: holderWatch.isExpired(lease),
        passes: clock.elapsed() < now.passedUntilMs,
        at: new Date(clock.now()).toISOString(),
      });
      if (step.do !== 'take' && step.do !== 'reject') return step;
      try {
        await write(own, lease, step, signal);
        if (step.do === 'reject') now.pod.announce(step.verdict);
        else {
          now.pod.take();
          events.emit('wave', { rule, stage: 'first', hash: id, by: podName });
        }
        return step;
      } catch (error) {
        const isConflict = error instanceof KubeProblem && error.kind === 'conflict';
        if (!isConflict || attempt === ATTEMPTS) throw error;
      }
    }
  };
  const write = async (
    own: Crew,
    lease: Lease,
    step: Extract<Step, { do: 'take' | 'reject' }>,
    signal: AbortSignal,
  ): Promise<void> => {
    const waves = new Map(lease.waves).set(rule, step.next);
    await own.store.write(lease, { holder: step.do === 'take' ? podName : '', waves }, signal);
  };

  /** Whether the content may be had now. */
  const judge = (now: Turn, own: Crew, step: Step): Failure | undefined => {
    const pause = (isHeld: boolean): number => pauseMs(own.fleet.replicas, isHeld, random());
    switch (step.do) {
      case 'take':
        return undefined;
      case 'go':
        if (step.as === 'lead') now.pod.take();
        if (step.as === 'rejecter') now.pod.rememberRejected();
        if (step.as !== 'one' || now.spread || splayMs === 0) return undefined;
        now.spread = true;
        return describeSplay(splayMs * fraction);
      case 'wait':
        return describeWait(step, pause(false));
      case 'hold':
      case 'reject':
        return describeHold(step.verdict, own.place, pause(true));
      default:
        return step satisfies never;
    }
  };

  /** Without an answer: it is waited for, but for so long. */
  const doWithout = (now: Turn, problem: KubeProblem): Failure | undefined => {
    holderWatch.lose();
    now.awaySinceMs ??= clock.elapsed();
    const leftMs = now.awaySinceMs + patienceMs - clock.elapsed();
    if (leftMs > 0) {
      const pause = Math.min(leftMs, pauseMs(crew?.fleet.replicas ?? 1, false, random()));
      const retryAfterMs = Math.max(pause, toApiFailure(problem).retryAfterMs ?? 0);
      return describeAway(problem, patienceMs, retryAfterMs);
    }
    const { message: reason, remedy } = problem;
    now.granted = true;
    events.emit('wave', { rule, stage: 'unasked', hash: '', reason, remedy });
    return undefined;
  };

  return {
    ask: async (hash, signal) => {
      if (turn?.hash !== hash) turn = await begin(hash);
      const now = turn;
      if (now.granted) return undefined;
      try {
        const own = await join(signal);
        const step = await look(now, own, signal);
        notice('lease', undefined);
        now.awaySinceMs = undefined;
        return judge(now, own, step);
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof KubeProblem)) throw error;
        notice('lease', error);
        return doWithout(now, error);
      }
    },
    tell: (told) => {
      if (turn?.hash !== told.request.hash) return;
      if (told.acted) turn.granted = true;
      if (isVerdict(told)) turn.pod.conclude(told);
      else if (!told.acted) {
        turn.passedUntilMs = clock.elapsed() + PASS_MS;
        turn.pod.pass();
      }
    },
    [Symbol.asyncDispose]: async () => await turn?.pod[Symbol.asyncDispose](),
  };
}

/** What stands against acting in this pod says nothing about the content. */
function isVerdict({ acted, failure }: Told): boolean {
  return acted || (failure !== undefined && OF_CONTENT.includes(failure.outcome));
}

const OF_CONTENT: readonly FailureOutcome[] = ['invalid', 'held', 'rolled-back'];
