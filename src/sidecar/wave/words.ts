import type { KubeProblem } from '../../kubernetes/problem.ts';
import type { Failure } from '../outcome.ts';
import type { Step } from './decide.ts';
import type { Verdict } from './record.ts';
import { leaseName } from './owner.ts';

export type Place = {
  namespace: string;
  /** The workload. */
  kind: string;
  name: string;
  /** What the content comes from, each as `Kind/name`. */
  objects: readonly string[];
};

type Waiting = Extract<Step, { do: 'wait' }>;

const NO_REMEDY = 'none needed: it is asked again (REHUP_WAVE)';

/** Why a pod has to wait for others. */
export function describeWait(step: Waiting, retryAfterMs: number): Failure {
  return {
    outcome: 'waiting',
    waits: true,
    reason: reasonOf(step),
    remedy: NO_REMEDY,
    retryAfterMs,
  };
}

function reasonOf({ why, by, open }: Waiting): string {
  switch (why) {
    case 'first':
      return `the pod ${by} tries this content first`;
    case 'stage':
      return `${Math.round(open * 1000) / 10} % of the pods try this content first`;
    case 'other':
      return `the pod ${by} tries other content, which is dealt with before`;
    case 'passed':
      return 'this pod could not act: another one is to try this content first';
    default:
      return why satisfies never;
  }
}

/** It has gone wrong in another pod, and stays away from this one. */
export function describeHold(verdict: Verdict, place: Place, retryAfterMs: number): Failure {
  const { by, outcome = 'unverified', reason = 'no reason known' } = verdict;
  return {
    outcome: 'held',
    waits: true,
    reason: `the pod ${by} took this content first, and it went wrong: ${outcome}: ${reason}; this pod keeps what it has`,
    remedy: revertCommand(place),
    retryAfterMs,
  };
}

/** What a person can do about content that was rejected. */
export function revertCommand({ namespace, kind, name, objects }: Place): string {
  const what = objects.length === 0 ? 'the content' : objects.join(' and ');
  return `put the last good version of ${what} back: git revert the change, or kubectl -n ${namespace} apply -f <file>; or correct it; to try the same content once more: kubectl -n ${namespace} annotate lease ${leaseName({ kind, name })} rehup.dev/wave-`;
}

/** The API server cannot be asked. @param patienceMs Until it is done without; infinite: never. */
export function describeAway(
  { message, remedy }: KubeProblem,
  patienceMs: number,
  retryAfterMs: number,
): Failure {
  const then = Number.isFinite(patienceMs)
    ? `; after ${Math.ceil(patienceMs / 1000)} s of that it goes on without (REHUP_WAVE_PATIENCE)`
    : '; it waits for that (REHUP_WAVE_PATIENCE)';
  return { outcome: 'waiting', waits: true, reason: `${message}${then}`, remedy, retryAfterMs };
}

export function describeSplay(retryAfterMs: number): Failure {
  return {
    outcome: 'waiting',
    waits: true,
    reason: `its turn has come, and is spread over the pods (REHUP_SPLAY)`,
    remedy: NO_REMEDY,
    retryAfterMs,
  };
}
