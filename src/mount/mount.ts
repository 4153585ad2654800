import type { MountEntry } from '../proc/mountinfo.ts';
import { parseKubeletRoot } from '../proc/mountinfo.ts';

/** A watched directory (or file, or link). */
export type Mount = {
  /** As configured or as mounted; absolute. */
  path: string;
  /** Key path inside a kubelet volume, when only that file is watched. */
  only?: string;
  /** Where the volume comes from, as far as this container's mount table tells. */
  volume?: Volume;
};

export type Volume = {
  /** `tmpfs` stands for Secret, projected and downwardAPI volumes, which cannot be told apart here. */
  kind: 'configmap' | 'tmpfs' | 'other';
  /** The name in the pod spec; unknown for tmpfs kinds. */
  name?: string;
  device: string;
  root: string;
  /** Mounted by `subPath`: it can never change (kubelet semantics, section 3). */
  subPath: boolean;
};

/** A timestamped directory in the root field means that an inode below it was bound: `subPath`. */
const INSIDE_TIMESTAMPED = /(?:^|\/)\.\.\d{4}(?:_\d{2}){5}\.\d+(?:\/|$)/;

export function toVolume(entry: MountEntry): Volume {
  const origin = parseKubeletRoot(entry.root);
  const { device, root } = entry;
  const subPath = INSIDE_TIMESTAMPED.test(entry.root);
  if (origin?.kind === 'volume' && origin.plugin === 'configmap') {
    return { kind: 'configmap', name: origin.volume, device, root, subPath };
  }
  return { kind: entry.fsType === 'tmpfs' ? 'tmpfs' : 'other', device, root, subPath };
}

/** Contents of these may be secret: their hashes are keyed before they leave the process. */
export function mayBeSecret(mount: Mount): boolean {
  return mount.volume === undefined || mount.volume.kind !== 'configmap';
}

/** The root of the volume that a `subPath` mount was taken from, `/` for tmpfs. */
export function volumeRoot(volume: Volume): string {
  const root = volume.root.replace(/\/\/deleted$/, '');
  const inside = INSIDE_TIMESTAMPED.exec(root);
  return inside === null ? root : root.slice(0, inside.index) || '/';
}
