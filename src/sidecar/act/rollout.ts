import type { Clock } from '../../system/clock.ts';
import type { OpenOwnPod, OwnPod } from '../../kubernetes/own-pod.ts';
import { findWorkload, type LocatedWorkload } from '../../kubernetes/owner.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { Failure } from '../outcome.ts';
import { toApiFailure } from './api-failure.ts';
import { awaitRollout } from '../../kubernetes/rollout/await.ts';
import { HASH_ANNOTATION, rollOut } from '../../kubernetes/rollout/roll-out.ts';
import { readWorkload } from '../../kubernetes/rollout/workload.ts';

/** What happens to the workload, for the log. */
export type RolloutStage = { workload: string; stage: string; hash?: string };

export type RolloutInput = {
  openOwnPod: OpenOwnPod;
  clock: Clock;
  random: () => number;
  /** How long the rollout may take to become ready. */
  timeoutMs: number;
  /** Changes with the mounts: a rollout for older content is not waited for. */
  contentVersion: () => string;
  onStage: (stage: RolloutStage) => void;
};

/** Every replica looks. */
const LOOK_EVERY_MS = 5000;

/** Replaces all pods of the own workload, since none of them can take the content as it runs. */
export async function rollOutOwnWorkload(
  input: RolloutInput,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  try {
    return await rollOutAndWait(input, await input.openOwnPod(signal), signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof KubeProblem)) throw error;
    return toApiFailure(error);
  }
}

async function rollOutAndWait(
  { clock, random, timeoutMs, contentVersion, onStage }: RolloutInput,
  { client, namespace, pod }: OwnPod,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const owner = await findWorkload(client, pod, signal);
  if (owner === undefined) throw noOwner(pod.metadata.name);
  const { name } = owner.workload.metadata;
  const read = async (): Promise<LocatedWorkload> =>
    await readWorkload(client, { ...owner, name }, namespace, signal);
  const version = contentVersion();
  const { found, hash, started } = await rollOut(
    { client, namespace, read, clock, random },
    signal,
  );
  const workload = `${found.kind} ${found.workload.metadata.name}`;
  if (!started && pod.metadata.annotations?.[HASH_ANNOTATION] === hash) return lateContent();
  onStage({ workload, stage: started ? 'started' : 'started by another replica', hash });
  const result = await awaitRollout(
    {
      read,
      clock,
      timeoutMs,
      lookEveryMs: LOOK_EVERY_MS,
      onProgress: (stage) => onStage({ workload, stage }),
      isObsolete: () => contentVersion() !== version,
    },
    signal,
  );
  switch (result.state) {
    case 'ready':
      onStage({ workload, stage: 'ready', hash });
      return undefined;
    case 'obsolete':
      onStage({ workload, stage: 'newer content arrived' });
      return undefined;
    case 'failed':
      return { outcome: 'unverified', reason: result.reason, remedy: result.remedy };
    case 'timed-out':
      return { outcome: 'timed-out', reason: result.reason, remedy: result.remedy };
    default:
      return result satisfies never;
  }
}

/** Only a pod that was started with what a kubelet had cached can get here. */
function lateContent(): Failure {
  return {
    outcome: 'unverified',
    reason:
      'this pod was made for this content, but started before its kubelet had it, and all others are up to date',
    remedy: 'replace this pod: kubectl delete pod <pod>',
  };
}

function noOwner(pod: string): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `the pod ${pod} has no controller: nothing would replace it`,
    remedy: 'run the app as a Deployment, StatefulSet or DaemonSet, or set REHUP_RESTART=container',
  });
}
