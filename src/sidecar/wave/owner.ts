import { readController, WORKLOADS } from '../../kubernetes/owner.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { Resource } from '../../kubernetes/request.ts';

/** The workload whose pods have a wave in common. */
export type Fleet = {
  kind: string;
  name: string;
  resource: Resource | undefined;
  replicas: number;
};

/** The Lease of a workload: with its kind, since a Deployment and a StatefulSet may have one name. */
export function leaseName({ kind, name }: Pick<Fleet, 'kind' | 'name'>): string {
  return `rehup-${kind.toLowerCase()}-${name}`;
}

/** Reads the owner of the own pod alone: of a ReplicaSet, the name of its Deployment is in its metadata. */
export async function findFleet(
  { client, pod }: Pick<OwnPod, 'client' | 'pod'>,
  signal: AbortSignal,
): Promise<Fleet> {
  const owner = await readController(client, pod, signal);
  if (owner === undefined) throw noOwner(pod.metadata.name);
  const { kind, resource, workload } = owner;
  const { metadata, spec, status } = workload;
  const desired = status?.['desiredNumberScheduled'];
  const replicas = spec.replicas ?? (typeof desired === 'number' ? desired : 1);
  const above = metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (above === undefined) return { kind, name: metadata.name, resource, replicas };
  const known = Object.entries(WORKLOADS).find(([name]) => name === above.kind);
  return { kind: above.kind, name: above.name, resource: known?.[1], replicas };
}

function noOwner(pod: string): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `the pod ${pod} has no controller: there is nobody to wait for`,
    remedy: 'remove REHUP_WAVE, or run the app as a Deployment, StatefulSet or DaemonSet',
  });
}
