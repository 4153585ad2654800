import { apply, type KubernetesObject } from './cluster.ts';
import { waitForCluster } from './deadline.ts';
import { kubectlJson } from './kubectl.ts';
import type { Container, VolumeSource } from './pod-spec.ts';

export interface WorkloadOptions {
  readonly namespace: string;
  readonly name: string;
  /** Default: Deployment. */
  readonly kind?: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
  /** Default: 1. A DaemonSet has none. */
  readonly replicas?: number;
  readonly containers: readonly Container[];
  readonly volumes: Readonly<Record<string, VolumeSource>>;
  readonly serviceAccountName: string;
  /** More of the specification, such as an update strategy. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The container knows the name and the namespace of its pod, by the downward API. */
export function inItsPod(container: Container): Container {
  const fields = { POD_NAME: 'metadata.name', POD_NAMESPACE: 'metadata.namespace' };
  const env = Object.entries(fields).map(([name, fieldPath]) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  }));
  return { ...container, env: [...container.env, ...env] } as Container;
}

interface AccountOptions {
  readonly namespace: string;
  readonly name: string;
  readonly rules: readonly unknown[];
}

/** An account that may do this much in its namespace. */
export function serviceAccount({ namespace, name, rules }: AccountOptions): KubernetesObject[] {
  const metadata = { namespace, name };
  const apiGroup = 'rbac.authorization.k8s.io';
  const apiVersion = `${apiGroup}/v1`;
  const subjects = [{ kind: 'ServiceAccount', name, namespace }];
  const roleRef = { apiGroup, kind: 'Role', name };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, subjects, roleRef },
  ] as KubernetesObject[];
}

/** Applies the objects and the workload, and waits until all containers of its pods run. */
export async function startWorkload(
  options: WorkloadOptions,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const { kind = 'Deployment', replicas = 1, namespace, name } = options;
  await apply([...objects, workloadManifest(options)]);
  await waitForCluster(`the pods of the ${kind} ${name}`, async () => {
    const pods = await readPods({ namespace, name });
    return (
      pods.length === (kind === 'DaemonSet' ? 1 : replicas) &&
      pods.every(({ status }) => status.containerStatuses?.every(({ ready }) => ready) === true)
    );
  });
}

function workloadManifest(options: WorkloadOptions): KubernetesObject {
  const { kind = 'Deployment', replicas = 1, namespace, name, containers } = options;
  const { volumes, serviceAccountName, spec } = options;
  const template = {
    metadata: { labels: { app: name } },
    spec: {
      serviceAccountName,
      terminationGracePeriodSeconds: 2,
      containers,
      volumes: Object.entries(volumes).map(([volume, source]) => ({ name: volume, ...source })),
    },
  };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { namespace, name },
    spec: {
      ...(kind !== 'DaemonSet' && { replicas }),
      ...(kind === 'StatefulSet' && { serviceName: name }),
      selector: { matchLabels: { app: name } },
      template,
      ...spec,
    },
  } as KubernetesObject;
}

interface PodObject {
  readonly metadata: { readonly name: string; readonly deletionTimestamp?: string };
  readonly status: { readonly containerStatuses?: readonly { readonly ready: boolean }[] };
}

/** The names of its pods that are not about to end. */
export async function podsOf(workload: {
  readonly namespace: string;
  readonly name: string;
}): Promise<string[]> {
  return (await readPods(workload)).map(({ metadata }) => metadata.name);
}

async function readPods({
  namespace,
  name,
}: {
  readonly namespace: string;
  readonly name: string;
}): Promise<PodObject[]> {
  const { items } = await kubectlJson<{ items: PodObject[] }>([
    'get',
    'pods',
    `--namespace=${namespace}`,
    `--selector=app=${name}`,
  ]);
  return items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
}
