import { waitForCluster } from './deadline.ts';
import { kubectl, kubectlJson } from './kubectl.ts';
import { followPod, type Pod } from './pod.ts';

/** `kubectl apply` of texts that are manifests; an empty one is left out. */
export async function applyText(namespace: string, ...manifests: readonly string[]): Promise<void> {
  const input = manifests.filter((text) => text !== '').join('\n---\n');
  await kubectl(['apply', `--namespace=${namespace}`, '--filename=-'], { input });
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly containers: readonly { readonly name: string }[] };
  }[];
}

interface Workload {
  readonly namespace: string;
  readonly name: string;
}

/** The pod of a workload with one replica, found by the label that all examples have. */
export async function followPodOf({ namespace, name }: Workload): Promise<Pod> {
  const selector = `--selector=app.kubernetes.io/name=${name}`;
  const found = await waitForCluster(`a pod of ${name}`, async () => {
    const pods = await kubectlJson<PodList>(['get', 'pods', `--namespace=${namespace}`, selector]);
    return pods.items[0];
  });
  const containers = found.spec.containers.map((container) => container.name);
  return followPod({ namespace, name: found.metadata.name }, containers);
}
