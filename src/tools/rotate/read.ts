import type { KubeClient } from '../../kubernetes/client.ts';
import { listAll } from '../../kubernetes/list.ts';
import { WORKLOADS, type LocatedWorkload, type Workload } from '../../kubernetes/owner.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { pods, type Resource } from '../../kubernetes/request.ts';
import type { KubeObject, ObjectMeta, OwnerReference, Pod } from '../../kubernetes/types.ts';
import type { ContentObject } from '../../kubernetes/content.ts';
import { baseOf, type Family, labelSelector, resourceOfFamily } from './family.ts';
import { refuseRevision } from './refuse.ts';
import type { Scene } from './scene.ts';
import type { Cluster, ControllerRevision, ReplicaSet } from './users.ts';

export type Place = { client: KubeClient; namespace: string };

/** The metadata of all objects that rehup made for a family. Verb: `list`. */
export async function readMembers(
  { client, namespace }: Place,
  family: Family,
  signal: AbortSignal,
): Promise<ObjectMeta[]> {
  const query = { labelSelector: labelSelector(family) };
  const request = { ...resourceOfFamily(family), namespace, query, metadataOnly: true };
  const items = await listAll<KubeObject>(client, request, signal);
  return items.map(({ metadata }) => metadata).filter((one) => baseOf(one) === family.base);
}

/** One object of the family, or the one that bears its base name; `undefined` where there is none. */
export async function readObject(
  { client, namespace }: Place,
  family: Family,
  name: string,
  signal: AbortSignal,
): Promise<ContentObject | undefined> {
  return await orNothing(
    client.request<ContentObject>(
      { ...resourceOfFamily(family), verb: 'get', namespace, name },
      signal,
    ),
  );
}

/** What may refer to objects whose owners are these. Verbs: `list` on all, `get` on the owners. */
export async function readCluster(
  { client, namespace }: Place,
  owners: readonly OwnerReference[],
  signal: AbortSignal,
): Promise<Cluster> {
  const list = async <Item>(resource: Resource): Promise<Item[]> =>
    await listAll<Item>(client, { ...resource, namespace }, signal);
  const [replicaSets, controllerRevisions] = await Promise.all([
    list<ReplicaSet>({ group: 'apps', version: 'v1', resource: 'replicasets' }),
    list<ControllerRevision>({ group: 'apps', version: 'v1', resource: 'controllerrevisions' }),
  ]);
  const allPods = await list<Pod>(pods);
  // The templates last: a new reference begins there.
  const distinct = [...new Map(owners.map((owner) => [owner.uid, owner])).values()];
  const workloads = await Promise.all(
    distinct.map(async (owner) => await readOwner({ client, namespace }, owner, signal)),
  );
  return {
    replicaSets,
    controllerRevisions,
    pods: allPods,
    workloads: workloads.flatMap((found) => found ?? []),
  };
}

/** The object of the base name; a revision does not count, that has a base of its own. */
export async function readBase(
  scene: Scene,
  signal: AbortSignal,
): Promise<ContentObject | undefined> {
  const object = await readObject(scene, scene.family, scene.family.base, signal);
  if (object !== undefined) refuseRevision(scene, object);
  return object;
}

async function readOwner(
  { client, namespace }: Place,
  { kind, name, uid }: OwnerReference,
  signal: AbortSignal,
): Promise<LocatedWorkload | undefined> {
  if (!isWorkloadKind(kind)) return undefined;
  const resource = WORKLOADS[kind];
  const workload = await orNothing(
    client.request<Workload>({ ...resource, verb: 'get', namespace, name }, signal),
  );
  return workload?.metadata.uid === uid ? { kind, resource, workload } : undefined;
}

function isWorkloadKind(kind: string): kind is keyof typeof WORKLOADS {
  return Object.hasOwn(WORKLOADS, kind);
}

async function orNothing<Result>(request: Promise<Result>): Promise<Result | undefined> {
  try {
    return await request;
  } catch (error) {
    if (error instanceof KubeProblem && error.kind === 'not-found') return undefined;
    throw error;
  }
}
