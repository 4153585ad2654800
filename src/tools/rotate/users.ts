import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import type { KubeObject, ObjectMeta, OwnerReference, Pod } from '../../kubernetes/types.ts';
import type { Path } from '../manifest/path.ts';
import type { ContentKind } from '../../kubernetes/content.ts';
import { findReferences, TEMPLATE_SPEC } from './references.ts';

/** An object of which a revision of a workload is kept, for a roll-back. */
export type ReplicaSet = KubeObject & { spec?: unknown };
export type ControllerRevision = KubeObject & { revision?: number; data?: unknown };

/** All that may refer to an object of a family. */
export type Cluster = {
  workloads: readonly LocatedWorkload[];
  replicaSets: readonly ReplicaSet[];
  controllerRevisions: readonly ControllerRevision[];
  pods: readonly Pod[];
};

/** Who refers to which objects of a kind. */
export type User = {
  /** The template of a workload, a revision that is kept of one, or a pod. */
  by: 'template' | 'revision' | 'pod';
  /** `deployment/app`, `revision 3 of deployment/app`, `pod/app-x`. */
  what: string;
  /** Of a revision: the higher, the later. */
  revision: number;
  /** Of a revision and of a pod: what controls it. */
  ownerUid: string | undefined;
  names: ReadonlySet<string>;
};

export function findUsers(cluster: Cluster, kind: ContentKind): User[] {
  const { workloads, replicaSets, controllerRevisions, pods } = cluster;
  const namesIn = (object: unknown, at: Path): Set<string> =>
    new Set(findReferences(object, kind, at).map(({ name }) => name));
  const ofRevision = (metadata: ObjectMeta, revision: number, object: unknown): User => {
    const owner = controllerOf(metadata);
    const who = owner ? `${owner.kind.toLowerCase()}/${owner.name}` : metadata.name;
    const names = namesIn(object, TEMPLATE_SPEC);
    const what = `revision ${revision} of ${who}`;
    return { by: 'revision', what, revision, ownerUid: owner?.uid, names };
  };
  const users: User[] = [
    ...workloads.map(({ kind: type, workload }) => ({
      by: 'template' as const,
      what: `${type.toLowerCase()}/${workload.metadata.name}`,
      revision: 0,
      ownerUid: undefined,
      names: namesIn(workload, TEMPLATE_SPEC),
    })),
    ...replicaSets.map((set) => ofRevision(set.metadata, revisionOf(set.metadata), set)),
    ...controllerRevisions.map((one) => ofRevision(one.metadata, one.revision ?? 0, one.data)),
    ...pods.map((pod) => ({
      by: 'pod' as const,
      what: `pod/${pod.metadata.name}`,
      revision: 0,
      ownerUid: controllerOf(pod.metadata)?.uid,
      names: namesIn(pod, ['spec']),
    })),
  ];
  return users.filter(({ names }) => names.size > 0);
}

/** Of a ReplicaSet; Argo counts in an annotation of its own. */
function revisionOf({ annotations }: ObjectMeta): number {
  const text =
    annotations?.['deployment.kubernetes.io/revision'] ??
    annotations?.['rollout.argoproj.io/revision'];
  return Number(text ?? 0);
}

export function controllerOf({ ownerReferences }: ObjectMeta): OwnerReference | undefined {
  return ownerReferences?.find(({ controller }) => controller === true);
}
