import { lstatSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { KUBELET_PLUGINS, SERVICE_ACCOUNT } from '../sidecar/mount/discover.ts';
import { type Mount, toVolume, type Volume, volumeRoot } from '../sidecar/mount/mount.ts';
import { type MountEntry, parseKubeletRoot } from '../system/proc/mountinfo.ts';
import type { Process } from '../sidecar/target/processes.ts';

/** Stands for the name of a volume that does not show. */
export const UNKNOWN_VOLUME = '<volume>';

/**
 * The volumes with configuration that another container mounts. Those on a tmpfs are known by their
 * `..data` link, which shows only where rehup may look into that container (the same uid and gid).
 */
export function volumesOf({ pid, mounts }: Process): (Mount & { volume: Volume })[] {
  return mounts
    .filter((entry) => !SERVICE_ACCOUNT.test(entry.mountPoint) && isConfiguration(pid, entry))
    .map((entry) => ({ path: entry.mountPoint, volume: toVolume(entry) }));
}

function isConfiguration(pid: number, entry: MountEntry): boolean {
  const origin = parseKubeletRoot(entry.root);
  if (origin?.kind === 'volume') return KUBELET_PLUGINS.includes(origin.plugin);
  if (entry.fsType !== 'tmpfs') return false;
  return toVolume(entry).subPath || hasDataLink(`/proc/${pid}/root${entry.mountPoint}`);
}

function hasDataLink(directory: string): boolean {
  try {
    return lstatSync(join(directory, '..data')).isSymbolicLink();
  } catch {
    return false;
  }
}

export function isSameVolume(one: Volume, other: Volume): boolean {
  return one.device === other.device && volumeRoot(one) === volumeRoot(other);
}

/** The name under `volumes` in the pod spec, where it shows. */
export function nameOf(volume: Volume | undefined): string {
  const origin = volume && parseKubeletRoot(volume.root);
  return origin?.kind === 'volume' ? origin.volume : UNKNOWN_VOLUME;
}

/** `ConfigMap volume config`. */
export function describeVolume(volume: Volume | undefined): string {
  if (volume === undefined) return 'directory';
  const origin = parseKubeletRoot(volume.root);
  if (origin?.kind === 'volume') {
    const kind = KINDS[origin.plugin] ?? origin.plugin;
    return `${kind} volume ${origin.volume}`;
  }
  return volume.kind === 'tmpfs' ? 'Secret, projected or downwardAPI volume' : 'volume';
}

const KINDS: Readonly<Record<string, string>> = {
  configmap: 'ConfigMap',
  secret: 'Secret',
  projected: 'projected',
  'downward-api': 'downwardAPI',
  'empty-dir': 'emptyDir',
};

/** A directory to mount the whole volume at, instead of a key at this path. */
export function directoryFor(keyPath: string, volume: string): string {
  const name = volume === UNKNOWN_VOLUME ? `${basename(keyPath)}.d` : volume;
  return join(dirname(keyPath), name);
}
