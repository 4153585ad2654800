import type { KubeClient } from '../client.ts';
import type { LocatedWorkload, Workload } from '../owner.ts';
import { WORKLOADS } from '../owner.ts';
import type { Resource } from '../request.ts';

/** What a command was told to work on. */
export type WorkloadReference = { kind: string; resource: Resource; name: string };

/** Short and plural names, as kubectl takes them. */
const NAMES: Readonly<Record<string, keyof typeof WORKLOADS>> = {
  deployment: 'Deployment',
  deployments: 'Deployment',
  deploy: 'Deployment',
  statefulset: 'StatefulSet',
  statefulsets: 'StatefulSet',
  sts: 'StatefulSet',
  daemonset: 'DaemonSet',
  daemonsets: 'DaemonSet',
  ds: 'DaemonSet',
  rollout: 'Rollout',
  rollouts: 'Rollout',
};

/** `deployment/app`, `deploy/app`, `sts/db`, …; `undefined` for anything else. */
export function parseWorkload(text: string): WorkloadReference | undefined {
  const [, type = '', name] =
    /^([A-Za-z]+)(?:\.[a-z.]+)?\/([a-z0-9](?:[-.a-z0-9]*[a-z0-9])?)$/.exec(text) ?? [];
  const kind = NAMES[type.toLowerCase()];
  if (kind === undefined || name === undefined) return undefined;
  return { kind, resource: WORKLOADS[kind], name };
}

/** Reads it; throws a KubeProblem. */
export async function readWorkload(
  client: KubeClient,
  { kind, resource, name }: WorkloadReference,
  namespace: string,
  signal: AbortSignal,
): Promise<LocatedWorkload> {
  const request = { ...resource, verb: 'get' as const, namespace, name };
  const workload = await client.request<Workload>(request, signal);
  return { kind, resource, workload };
}
