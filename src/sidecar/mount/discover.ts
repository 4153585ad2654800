import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { type MountEntry, parseKubeletRoot } from '../../system/proc/mountinfo.ts';
import { findContaining } from './containing.ts';
import { type Mount, toVolume, type Volume } from './mount.ts';

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

/**
 * A configured path as a mount, with the volume it lies in, if it is one of this container's. A link
 * to a kubelet volume, or into one, stands for what it leads to: such links come with an image, and
 * the volume is what changes.
 */
export function describeMount(path: string, entries: readonly MountEntry[]): Mount {
  const inside = findInVolume(path, entries) ?? findInVolume(resolve(path), entries);
  const place = inside?.root ?? path;
  const entry = findContaining(resolve(place), entries);
  return {
    path: place,
    ...(inside && inside.key !== '' && { only: [inside.key] }),
    ...(entry && { volume: describeVolume(entry, resolve(place)) }),
  };
}

/** A volume that rehup itself writes, whatever is there yet. */
export function describeDelivered(path: string, entries: readonly MountEntry[]): Mount {
  const entry = findContaining(resolve(path), entries);
  // Nobody tears it down.
  const volume: Volume | undefined = entry && { ...toVolume(entry), kind: 'other' };
  return { path, isDelivered: true, ...(volume && { volume }) };
}

/** What lies below the root of a tmpfs is not of the kubelet's writing: it may be an emptyDir. */
function describeVolume(entry: MountEntry, path: string): Volume {
  const volume = toVolume(entry);
  const isBelow = entry.mountPoint !== path && volume.kind === 'tmpfs';
  return isBelow ? { ...volume, kind: 'other' } : volume;
}

/** Where a path really is, as far as there is something: mount tables know no links. */
function resolve(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path === dirname(path) ? path : join(resolve(dirname(path)), basename(path));
  }
}

/**
 * What lies inside a kubelet volume is watched through the root of that volume: a watch on a file
 * itself is dead after the first swap (kubernetes issue #112677), and the link of a directory never
 * moves. The links of the AtomicWriter's own are ways to the same keys: `..data/app.conf` is `app.conf`.
 */
function findInVolume(
  path: string,
  entries: readonly MountEntry[],
): { root: string; key: string } | undefined {
  const root = kubeletRootOf(path, entries);
  if (root === undefined) return undefined;
  const key = relative(root, path).replace(/^\.\.[^/]+(?:\/|$)/, '');
  return { root: isLink(root) ? resolve(root) : root, key };
}

function kubeletRootOf(path: string, entries: readonly MountEntry[]): string | undefined {
  if (!existsSync(path)) return undefined;
  for (let directory = path; ; directory = dirname(directory)) {
    if (hasDataLink(directory)) return directory;
    const isMountPoint = entries.some(({ mountPoint }) => mountPoint === directory);
    if (isMountPoint || directory === dirname(directory)) return undefined;
  }
}

function hasDataLink(directory: string): boolean {
  return isLink(join(directory, '..data'));
}

function isLink(path: string): boolean {
  try {
    return lstatSync(path).isSymbolicLink();
  } catch {
    return false;
  }
}
