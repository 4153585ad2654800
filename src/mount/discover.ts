import { lstatSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { type MountEntry, parseKubeletRoot } from '../proc/mountinfo.ts';
import { type Mount, toVolume } from './mount.ts';

/** The service account's volume is the platform's: its token changes without anybody's doing. */
const SERVICE_ACCOUNT = /\/secrets\/kubernetes\.io\/serviceaccount$/;

const KUBELET_PLUGINS = ['configmap', 'secret', 'projected', 'downward-api'];

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

function isKubeletVolume(entry: MountEntry): boolean {
  const origin = parseKubeletRoot(entry.root);
  if (origin?.kind === 'volume' && KUBELET_PLUGINS.includes(origin.plugin)) return true;
  return entry.fsType === 'tmpfs' && (hasDataLink(entry.mountPoint) || toVolume(entry).subPath);
}

/** A configured path as a mount: with the volume it lies in, if it is one of this container's. */
export function describeMount(path: string, entries: readonly MountEntry[]): Mount {
  const root = kubeletRootOf(path);
  const mountPoint = root ?? path;
  const entry = entries.findLast((candidate) => candidate.mountPoint === mountPoint);
  return {
    path: mountPoint,
    ...(root !== undefined && root !== path && { only: relative(root, path) }),
    ...(entry && { volume: toVolume(entry) }),
  };
}

/**
 * A file inside a kubelet volume is watched through the root of that volume: a watch on the file
 * itself is dead after the first swap (kubernetes issue #112677).
 */
function kubeletRootOf(path: string): string | undefined {
  const self = statSync(path, { throwIfNoEntry: false });
  if (self?.isFile() !== true) return undefined;
  for (let directory = dirname(path); ; directory = dirname(directory)) {
    if (hasDataLink(directory)) return directory;
    if (directory === dirname(directory)) return undefined;
  }
}

export function hasDataLink(directory: string): boolean {
  try {
    return lstatSync(join(directory, '..data')).isSymbolicLink();
  } catch {
    return false;
  }
}
