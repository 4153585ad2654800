import { type KubeClient, createKubeClient } from './client.ts';
import { inClusterConnection } from './in-cluster.ts';
import { readIdentity } from './identity.ts';
import { pods } from './request.ts';
import type { Pod } from './types.ts';

/** The API, and the pod that this process is in. */
export type OwnPod = { client: KubeClient; namespace: string; pod: Pod };

export type OpenOwnPod = (signal: AbortSignal) => Promise<OwnPod>;

/**
 * Reads the own pod once, for all who need it: what they need of it (uid, owner, volumes) never
 * changes. Throws a KubeProblem; the next call tries again.
 */
export function createOwnPodOpener(
  env: Readonly<Record<string, string | undefined>>,
  folder?: string,
): OpenOwnPod {
  let opened: OwnPod | undefined;
  return async (signal) => {
    if (opened !== undefined) return opened;
    const { name, namespace } = await readIdentity(env, folder);
    const client = createKubeClient(inClusterConnection(env, folder));
    const pod = await client.request<Pod>({ ...pods, verb: 'get', namespace, name }, signal);
    opened = { client, namespace, pod };
    return opened;
  };
}
