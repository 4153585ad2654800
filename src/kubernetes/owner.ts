import type { KubeClient } from './client.ts';
import { KubeProblem } from './problem.ts';
import type { Resource } from './request.ts';
import type { KubeObject, OwnerReference, PodSpec } from './types.ts';

/** Which pods a workload counts as its own. */
export type LabelSelector = {
  matchLabels?: Readonly<Record<string, string>>;
  matchExpressions?: readonly { key: string; operator: string; values?: readonly string[] }[];
};

/** A workload: what a rollout replaces the pods of. */
export type Workload = KubeObject & {
  spec: {
    replicas?: number;
    selector?: LabelSelector;
    paused?: boolean;
    strategy?: { type?: string };
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } };
    template: {
      metadata?: { annotations?: Readonly<Record<string, string>> };
      spec: PodSpec;
    };
  };
  status?: Readonly<Record<string, unknown>>;
};

/** A workload with where it is found. */
export type LocatedWorkload = { resource: Resource; kind: string; workload: Workload };

const APPS = { group: 'apps', version: 'v1' };

/** What can be rolled out, by kind. */
export const WORKLOADS = {
  Deployment: { ...APPS, resource: 'deployments' },
  StatefulSet: { ...APPS, resource: 'statefulsets' },
  DaemonSet: { ...APPS, resource: 'daemonsets' },
  Rollout: { group: 'argoproj.io', version: 'v1alpha1', resource: 'rollouts' },
} as const satisfies Readonly<Record<string, Resource>>;

/** What can own pods, by kind. */
export const OWNERS: Readonly<Record<string, Resource>> = {
  ...WORKLOADS,
  ReplicaSet: { ...APPS, resource: 'replicasets' },
};

/** The object that controls another, with its resource; verified by uid, since names are used again. */
export async function readController(
  client: KubeClient,
  owned: KubeObject,
  signal: AbortSignal,
): Promise<LocatedWorkload | undefined> {
  const reference = owned.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (reference === undefined) return undefined;
  const resource = OWNERS[reference.kind];
  if (resource === undefined || resource.group !== groupOf(reference)) {
    throw unknownOwner(owned, reference);
  }
  const { namespace } = owned.metadata;
  const request = { ...resource, verb: 'get' as const, name: reference.name };
  const workload = await client.request<Workload>(
    { ...request, ...(namespace !== undefined && { namespace }) },
    signal,
  );
  if (workload.metadata.uid !== reference.uid) throw replacedOwner(owned, reference);
  return { resource, kind: reference.kind, workload };
}

/**
 * The workload that a pod belongs to in the end: Pod → ReplicaSet → Deployment or Rollout, or Pod →
 * StatefulSet or DaemonSet. `undefined` for a pod of its own; a ReplicaSet of its own is returned.
 */
export async function findWorkload(
  client: KubeClient,
  pod: KubeObject,
  signal: AbortSignal,
): Promise<LocatedWorkload | undefined> {
  const owner = await readController(client, pod, signal);
  if (owner === undefined || owner.kind !== 'ReplicaSet') return owner;
  return (await readController(client, owner.workload, signal)) ?? owner;
}

function groupOf({ apiVersion }: OwnerReference): string {
  return apiVersion.split('/')[0] ?? '';
}

function unknownOwner(
  { metadata }: KubeObject,
  { apiVersion, kind, name }: OwnerReference,
): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `${metadata.name} belongs to the ${kind} ${name} (${apiVersion}), which has no rolling restart`,
    remedy:
      'run the app as a Deployment, StatefulSet, DaemonSet or Argo Rollout, or set REHUP_RESTART=container',
  });
}

function replacedOwner({ metadata }: KubeObject, { kind, name }: OwnerReference): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `${metadata.name} belongs to a ${kind} ${name} that was deleted; another one has its name now`,
    remedy: 'none needed: the pod will be collected',
  });
}
