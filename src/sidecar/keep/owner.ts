import { readController } from '../../kubernetes/owner.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { OwnerReference } from '../../kubernetes/types.ts';

/**
 * The workload whose pods start from what is kept, as what is kept refers to it: it is deleted with it.
 * Verb: `get` of the ReplicaSet, where there is one in between.
 */
export async function findKeptFor(
  { client, pod }: Pick<OwnPod, 'client' | 'pod'>,
  signal: AbortSignal,
): Promise<OwnerReference> {
  const direct = pod.metadata.ownerReferences?.find(({ controller }) => controller === true);
  if (direct === undefined) throw noOwner(pod.metadata.name);
  if (direct.kind !== 'ReplicaSet' || !direct.apiVersion.startsWith('apps/')) return plain(direct);
  const owner = await readController(client, pod, signal);
  const above = owner?.workload.metadata.ownerReferences?.find(
    ({ controller }) => controller === true,
  );
  return plain(above ?? direct);
}

function plain({ apiVersion, kind, name, uid }: OwnerReference): OwnerReference {
  return { apiVersion, kind, name, uid };
}

function noOwner(pod: string): KubeProblem {
  return new KubeProblem({
    kind: 'rejected',
    message: `the pod ${pod} has no controller: no other pod would start from what is kept`,
    remedy: 'remove REHUP_KEEP, or run the app as a Deployment, StatefulSet or DaemonSet',
  });
}
