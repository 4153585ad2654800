import { apply, type KubernetesObject } from './cluster.ts';
import { waitForCluster } from './deadline.ts';
import { kubectlJson } from './kubectl.ts';
import type { Container, VolumeSource } from './pod-spec.ts';

export interface WorkloadOptions {
  readonly namespace: string;
  readonly name: string;
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes: Readonly<Record<string, VolumeSource>>;
  readonly serviceAccountName?: string;
  readonly replicas?: number;
  readonly sharesProcesses?: boolean;
  /** Fields of the workload's spec beside replicas, selector and template. */
  readonly spec?: object;
}

type Which = Pick<WorkloadOptions, 'namespace' | 'name'>;

/** A workload whose pods bear the label `app` with its name. */
export function workloadManifest(options: WorkloadOptions): KubernetesObject {
  const { namespace, name, kind = 'Deployment', containers, volumes, replicas = 1 } = options;
  const { serviceAccountName, spec, sharesProcesses, initContainers = [] } = options;
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name, namespace },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name, podManagementPolicy: 'Parallel' }),
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          ...(serviceAccountName !== undefined && { serviceAccountName }),
          ...(sharesProcesses === true && { shareProcessNamespace: true }),
          automountServiceAccountToken: serviceAccountName !== undefined,
          terminationGracePeriodSeconds: 1,
          initContainers,
          containers,
          volumes: Object.entries(volumes).map(([volume, source]) => ({ name: volume, ...source })),
        },
      },
      ...spec,
    },
  } as KubernetesObject;
}

/** Applies it with what it needs, and waits until all its pods are ready. */
export async function startWorkload(
  options: WorkloadOptions,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const { name, replicas = 1 } = options;
  await apply([...objects, workloadManifest(options)]);
  await waitForCluster(`the pods of ${name}`, async () => {
    const pods = await listPods(options);
    return pods.length === replicas && pods.every(isReady);
  });
}

/** A service account that may do what the rules say. */
export function serviceAccount({
  namespace,
  name,
  rules,
  everywhere = false,
}: Which & {
  readonly rules: readonly object[];
  /** In all namespaces. */
  readonly everywhere?: boolean;
}): KubernetesObject[] {
  const metadata = { name, namespace };
  const [role, binding] = everywhere
    ? ['ClusterRole', 'ClusterRoleBinding']
    : ['Role', 'RoleBinding'];
  const of = everywhere ? { name } : metadata;
  const rbac = 'rbac.authorization.k8s.io';
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion: `${rbac}/v1`, kind: role, metadata: of, rules },
    {
      apiVersion: `${rbac}/v1`,
      kind: binding,
      metadata: of,
      roleRef: { apiGroup: rbac, kind: role, name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ] as KubernetesObject[];
}

interface ListedPod {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: { readonly conditions?: readonly { type: string; status: string }[] };
}

async function listPods({ namespace, name }: Which): Promise<readonly ListedPod[]> {
  const which = [`--namespace=${namespace}`, `--selector=app=${name}`];
  const { items } = await kubectlJson<{ items: ListedPod[] }>(['get', 'pods', ...which]);
  return items;
}

function isReady({ status }: ListedPod): boolean {
  return (status.conditions ?? []).some((each) => each.type === 'Ready' && each.status === 'True');
}

/** Names of the pods of a workload that are not on their way out. */
export async function podsOf(which: Which): Promise<string[]> {
  return (await listPods(which)).flatMap(({ metadata }) =>
    metadata.deletionTimestamp === undefined ? [metadata.name] : [],
  );
}
