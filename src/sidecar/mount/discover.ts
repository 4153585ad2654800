import { existsSync, lstatSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type MountEntry, parseKubeletRoot } from '../../system/proc/mountinfo.ts';
import { type Mount, toVolume } from './mount.ts';

/** The service account's volume is the platform's: its token changes without anybody's doing. */
export const SERVICE_ACCOUNT = /\/secrets\/kubernetes\.io\/serviceaccount$/;

export const KUBELET_PLUGINS = ['configmap', 'secret', 'projected', 'downward-api'];

/**
 * `--watch auto`: every ConfigMap, Secret, projected and downwardAPI volume mounted here. On disk
 * they bear the kubelet's path; tmpfs kinds show no origin and are known by their `..data` link.
 */
export function discoverMounts(entries: readonly MountEntry[]): Mount[] {
  const seen = new Set<string>();
  return entries.flatMap((entry) => {
    if (SERVICE_ACCOUNT.test(entry.mountPoint) || !isKubeletVolume(entry)) return [];
    const identity = `${entry.device} ${entry.root}`;
    if (seen.has(identity)) return [];
    seen.add(identity);
    return [{ path: entry.mountPoint, volume: toVolume(entry) }];
  });
}

/** Whether one of these mounts is a volume that a kubelet writes. */
export function hasKubeletVolume(entries: readonly MountEntry[]): boolean {
  return discoverMounts(entries).length > 0;
}

function isKubeletVolume(entry: MountEntry): boolean {
  const origin = parseKubeletRoot(entry.root);
  if (origin?.kind === 'volume' && KUBELET_PLUGINS.includes(origin.plugin)) return true;
  return entry.fsType === 'tmpfs' && (hasDataLink(entry.mountPoint) || toVolume(entry).subPath);
}

/** A configured path as a mount: with the volume it lies in, if it is one of this container's. */
export function describeMount(path: string, entries: readonly MountEntry[]): Mount {
  const root = kubeletRootOf(path, entries);
  const mountPoint = root ?? path;
  // The links of the AtomicWriter's own are ways to the same keys: `..data/app.conf` is `app.conf`.
  const only = relative(mountPoint, path).replace(/^\.\.[^/]+(?:\/|$)/, '');
  const entry = entries.findLast((candidate) => candidate.mountPoint === mountPoint);
  return {
    path: mountPoint,
    ...(only !== '' && { only: [only] }),
    ...(entry && { volume: toVolume(entry) }),
  };
}

/**
 * What lies inside a kubelet volume is watched through the root of that volume: a watch on a file
 * itself is dead after the first swap (kubernetes issue #112677), and the link of a directory never
 * moves.
 */
function kubeletRootOf(path: string, entries: readonly MountEntry[]): string | undefined {
  if (!existsSync(path)) return undefined;
  for (let directory = path; ; directory = dirname(directory)) {
    if (hasDataLink(directory)) return directory;
    const isMountPoint = entries.some(({ mountPoint }) => mountPoint === directory);
    if (isMountPoint || directory === dirname(directory)) return undefined;
  }
}

function hasDataLink(directory: string): boolean {
  try {
    return lstatSync(join(directory, '..data')).isSymbolicLink();
  } catch {
    return false;
  }
}
