import { pauseAfter } from '../../kubernetes/backoff.ts';
import type { KubeClient } from '../../kubernetes/client.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { readSourceObject } from '../../kubernetes/source-object.ts';
import { patchAnnotation } from '../../kubernetes/sync-annotation.ts';
import type { Pod } from '../../kubernetes/types.ts';
import { type Clock, systemClock } from '../../system/clock.ts';
import { inTurns } from './visit.ts';
import type { Wanted } from './wanted.ts';

/** As prompt sync paces a fleet (docs/scale.md): so many at once, then so many a second. */
const AT_ONCE = 50;
const PER_SECOND = 100;
const CONNECTIONS = 16;

const ATTEMPTS = 5;
const PASSING: readonly KubeProblem['kind'][] = ['throttled', 'timed-out', 'unreachable'];
const GONE: readonly KubeProblem['kind'][] = ['not-found', 'conflict'];

/** When the patch of a pod may be sent, in milliseconds after the first. */
export function dueMs(index: number): number {
  return index < AT_ONCE ? 0 : ((index - AT_ONCE + 1) * 1000) / PER_SECOND;
}

type HowToSync = {
  signal: AbortSignal;
  clock?: Pick<Clock, 'elapsed' | 'sleep'>;
  random?: () => number;
};

/**
 * Opens as many connections as the patches will have: setting up TLS takes both sides longer than a patch, and
 * now it is in nobody's way. Verb: `get` on the objects.
 */
export async function openConnections(
  client: KubeClient,
  { pods, sample }: { pods: readonly Pod[]; sample: readonly Wanted[] },
  signal: AbortSignal,
): Promise<void> {
  const [one] = sample;
  if (one === undefined) return;
  const count = Math.min(CONNECTIONS, pods.length);
  const reads = Array.from({ length: count }, () => readSourceObject(client, one, signal));
  await Promise.all(reads);
}

/**
 * Has the kubelets sync these pods now. Returns how many were asked: a pod that has gone meanwhile needs
 * nothing. Verb: `patch` on pods.
 */
export async function syncPods(
  client: KubeClient,
  found: readonly Pod[],
  how: HowToSync,
): Promise<number> {
  const { signal, clock = systemClock, random = Math.random } = how;
  const beganMs = clock.elapsed();
  const asked = await inTurns([...found.entries()], CONNECTIONS, async ([index, pod]) => {
    const leftMs = beganMs + dueMs(index) - clock.elapsed();
    if (leftMs > 0) await clock.sleep(leftMs, signal);
    return await syncPod(client, pod, { signal, clock, random });
  });
  return asked.filter(Boolean).length;
}

async function syncPod(
  client: KubeClient,
  pod: Pod,
  { signal, clock, random }: Required<HowToSync>,
): Promise<boolean> {
  const { namespace = '' } = pod.metadata;
  const patch = patchAnnotation({ client, namespace, pod });
  for (let attempt = 1; ; attempt += 1) {
    try {
      await patch(`asked at ${new Date().toISOString()}`, signal);
      return true;
    } catch (error) {
      if (!(error instanceof KubeProblem)) throw error;
      if (GONE.includes(error.kind)) return false;
      if (!PASSING.includes(error.kind) || attempt === ATTEMPTS) throw error;
      await clock.sleep(pauseAfter(error, attempt, random()), signal);
    }
  }
}
