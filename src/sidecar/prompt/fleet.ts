import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import type { Notice } from '../../kubernetes/notice.ts';
import { readController } from '../../kubernetes/owner.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { splayFraction } from '../splay.ts';
import { promptSplayMs } from './splay.ts';

export type FleetInput = {
  own: OwnPod;
  /** The longest delay, in milliseconds; `auto`: by the number of replicas. */
  splay: 'auto' | number;
  podName: string;
  clock: Clock;
  /** Between 0 and 1. */
  random: () => number;
  events: EventBus;
  notice: Notice;
};

/** How long a number of replicas is taken for granted, in milliseconds; and how long that it cannot be read. */
const KNOWN_FOR_MS = 600_000;
const UNKNOWN_FOR_MS = 30_000;

/**
 * What is taken for the number of replicas where it cannot be read: enough that a large fleet does no
 * harm while the API server refuses to say how large it is.
 */
const UNKNOWN_REPLICAS = 1000;

/** The replicas of a fleet see a change at once, and must not ask for their number at once. */
const ASK_WITHIN_MS = 60_000;

/**
 * The delay of this pod's patches, in milliseconds, always the same part of the splay; `undefined`
 * where there are so many replicas that the kubelets' own syncs are as fast.
 */
export function createSplay(
  input: FleetInput,
): (signal: AbortSignal) => Promise<number | undefined> {
  const { own, splay, podName, clock, random, events, notice } = input;
  const fraction = splayFraction(podName);
  let known: { replicas: number; untilMs: number } | undefined;
  let asking = false;
  let told = false;

  const ask = async (signal: AbortSignal): Promise<number> => {
    const replicas = await countReplicas(own, notice, signal);
    const forMs = replicas === undefined ? UNKNOWN_FOR_MS : KNOWN_FOR_MS;
    known = { replicas: replicas ?? UNKNOWN_REPLICAS, untilMs: clock.elapsed() + forMs };
    return known.replicas;
  };

  const askLater = async (signal: AbortSignal): Promise<void> => {
    asking = true;
    try {
      await clock.sleep(ASK_WITHIN_MS * random(), signal);
      await ask(signal);
    } finally {
      asking = false;
    }
  };

  /** What was read last decides; the next change profits from what is read now. */
  const readReplicas = async (signal: AbortSignal): Promise<number> => {
    if (known === undefined) return await ask(signal);
    // It rejects only when asked to stop.
    if (clock.elapsed() >= known.untilMs && !asking) askLater(signal).catch(() => {});
    return known.replicas;
  };

  return async (signal) => {
    if (splay !== 'auto') return splay * fraction;
    const replicas = await readReplicas(signal);
    const longestMs = promptSplayMs(replicas);
    if (longestMs === undefined && !told) events.emit('prompt-idle', { replicas });
    told = longestMs === undefined;
    return longestMs === undefined ? undefined : longestMs * fraction;
  };
}

/** How many pods the own pod's owner wants; `undefined` where that cannot be read. */
async function countReplicas(
  own: OwnPod,
  notice: Notice,
  signal: AbortSignal,
): Promise<number | undefined> {
  try {
    const owner = await readController(own.client, own.pod, signal);
    notice('replicas', undefined);
    const desired = owner?.workload.status?.['desiredNumberScheduled'];
    return owner?.workload.spec.replicas ?? (typeof desired === 'number' ? desired : 1);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    // An owner of a kind that nobody can scale, as a Job, is no problem.
    if (error.kind !== 'rejected') notice('replicas', error);
    return undefined;
  }
}
