import { asBoolean, asList, asRecord } from '../../system/plain.ts';
import type { Pod } from './pod.ts';

/** What a pod says of where it runs, and what it shares with its node. */

export function isWindows({ value, containers }: Pod): boolean {
  const { name } = asRecord(value['os']);
  const selector = asRecord(value['nodeSelector']);
  const drive = containers.some(({ mounts }) =>
    mounts.some(({ mountPath }) => /^[A-Za-z]:/.test(mountPath)),
  );
  return (
    drive ||
    [name, selector['kubernetes.io/os'], selector['beta.kubernetes.io/os']].includes('windows')
  );
}

/** Its ports are those of the node. */
export function sharesNetwork({ value }: Pod): boolean {
  return asBoolean(value['hostNetwork']) ?? false;
}

/** Its containers see every process of the node. */
export function sharesHostProcesses({ value }: Pod): boolean {
  return asBoolean(value['hostPID']) ?? false;
}

/** Whether the kubelet gives every file of a volume the group of the pod, and lets it read. */
export function hasFilesystemGroup({ security }: Pod): boolean {
  return security['fsGroup'] !== undefined && security['fsGroup'] !== null;
}

export function hasSupplementalGroup({ security }: Pod, group: number): boolean {
  return security['runAsGroup'] === group || asList(security['supplementalGroups']).includes(group);
}
