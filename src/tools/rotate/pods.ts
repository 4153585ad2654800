import { listAll } from '../../kubernetes/list.ts';
import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { pods } from '../../kubernetes/request.ts';
import type { KubeObject } from '../../kubernetes/types.ts';
import { describePod, isBeingCreated, isReady, type PodWithStatus } from './describe-pod.ts';
import { findReferences } from './references.ts';
import type { Scene } from './scene.ts';
import { controllerOf } from './users.ts';

/** The pods of a workload that refer to an object. Verbs: `list` on pods and replicasets. */
async function readPodsWith(
  { client, namespace, family }: Scene,
  { workload }: LocatedWorkload,
  name: string,
  signal: AbortSignal,
): Promise<PodWithStatus[]> {
  const { uid } = workload.metadata;
  const sets = await listAll<KubeObject>(
    client,
    { group: 'apps', version: 'v1', resource: 'replicasets', namespace, metadataOnly: true },
    signal,
  );
  const isOurs = ({ metadata }: KubeObject): boolean => controllerOf(metadata)?.uid === uid;
  const owners = new Set([uid, ...sets.filter(isOurs).map(({ metadata }) => metadata.uid)]);
  const all = await listAll<PodWithStatus>(client, { ...pods, namespace }, signal);
  return all.filter(
    (pod) =>
      owners.has(controllerOf(pod.metadata)?.uid ?? '') &&
      findReferences(pod, family.kind, ['spec']).some((reference) => reference.name === name),
  );
}

/** A line for each of these pods that is not ready: which, and why. */
export async function explainPods(
  scene: Scene,
  found: LocatedWorkload,
  name: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const failing = (await readPodsWith(scene, found, name, signal)).filter((pod) => !isReady(pod));
    const lines = failing.map(async (pod) => {
      const reasons = describePod(pod);
      const waits = reasons.length === 0 && isBeingCreated(pod);
      const said = waits ? await readWarning(scene, pod, signal) : undefined;
      return `pod/${pod.metadata.name}: ${said ?? (reasons.join('; ') || 'it is not ready')}`;
    });
    return await Promise.all(lines);
  } catch (error) {
    if (error instanceof KubeProblem) return [`its pods cannot be looked at: ${error.message}`];
    throw error;
  }
}

type EventObject = { message?: string; lastTimestamp?: string };

/** What the kubelet says about a pod whose containers it cannot create. Verb: `list` on events. */
async function readWarning(
  { client, namespace }: Scene,
  { metadata }: PodWithStatus,
  signal: AbortSignal,
): Promise<string | undefined> {
  const fieldSelector = `involvedObject.uid=${metadata.uid},type=Warning`;
  const events = { group: '', version: 'v1', resource: 'events', namespace };
  try {
    const found = await listAll<EventObject>(
      client,
      { ...events, query: { fieldSelector } },
      signal,
    );
    const byTime = found.toSorted((one, other) =>
      (one.lastTimestamp ?? '') < (other.lastTimestamp ?? '') ? -1 : 1,
    );
    return byTime.at(-1)?.message;
  } catch (error) {
    if (error instanceof KubeProblem) return undefined;
    throw error;
  }
}

/**
 * Deletes the pods of a StatefulSet that never became ready with this object: until somebody does, it
 * waits for them, and does not go back (kubernetes: forced rollback). Verb: `delete` on pods.
 */
export async function freeStuckPods(
  scene: Scene,
  found: LocatedWorkload,
  name: string,
  signal: AbortSignal,
): Promise<void> {
  const { generation = 0 } = found.workload.metadata;
  const seen = Number(found.workload.status?.['observedGeneration'] ?? 0);
  // Before it has seen the old template again, it would make another one just like it.
  if (found.kind !== 'StatefulSet' || seen < generation) return;
  const { client, namespace } = scene;
  for (const pod of await readPodsWith(scene, found, name, signal)) {
    const { uid, deletionTimestamp } = pod.metadata;
    if (isReady(pod) || deletionTimestamp !== undefined) continue;
    const request = { ...pods, verb: 'delete' as const, namespace, name: pod.metadata.name };
    await client.request({ ...request, body: { preconditions: { uid } } }, signal);
    scene.say(`pod/${pod.metadata.name} deleted: the StatefulSet would wait for it`);
  }
}
