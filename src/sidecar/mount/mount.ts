import type { MountEntry } from '../../system/proc/mountinfo.ts';
import { parseKubeletRoot } from '../../system/proc/mountinfo.ts';

/** A watched directory (or file, or link). */
export type Mount = {
  /** As configured or as mounted; absolute. */
  path: string;
  /** Key paths inside a kubelet volume, when only those (or what is below them) are watched. */
  only?: readonly string[];
  /** Where the volume comes from, as far as this container's mount table tells. */
  volume?: Volume;
  /** The annotation by which rehup asks for a sync may show in it, and is no content. */
  hidesOwnAnnotation?: boolean;
  /** Written by rehup itself, beside what it publishes: its files never change, and may get another link. */
  isDelivered?: boolean;
  /** It may well not be there: nobody waits for it. */
  isOptional?: boolean;
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
  /** Where rehup writes it. */
  published?: {
    /** The root of the emptyDir that it lies in. */
    base: string;
    /** Whether a file of this name stays the same, so that a mount of it alone follows. */
    staysSame: (name: string) => boolean;
  };
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

/** Paths of several files of one volume are one mount; a path that is named twice, too. */
export function mergeMounts(mounts: readonly Mount[]): Mount[] {
  return [...Map.groupBy(mounts, ({ path }) => path).values()].flatMap((same) => {
    const [first] = same;
    if (first === undefined) return [];
    const { only: _, ...whole } = first;
    if (same.some(({ only }) => only === undefined)) return [whole];
    return [{ ...whole, only: same.flatMap(({ only = [] }) => only) }];
  });
}

/** All but ConfigMaps may show annotations of the pod: where they are known, only tmpfs kinds do. */
export function hideOwnAnnotation(mount: Mount): Mount {
  return mount.volume?.kind === 'tmpfs' ? { ...mount, hidesOwnAnnotation: true } : mount;
}

/** Whether a key is one of these, or below one of them; every key is, where none are named. */
export function isWatchedKey(only: Mount['only'], key: string): boolean {
  return only === undefined || only.some((path) => key === path || key.startsWith(`${path}/`));
}

/** Contents of these may be secret: their hashes are keyed before they leave the process. */
export function mayBeSecret(mount: Mount): boolean {
  return mount.volume === undefined || mount.volume.kind !== 'configmap';
}

/** What is mounted has been removed since: by `subPath`, it is of before the last swap. */
export function isUnlinked({ root }: Volume): boolean {
  return root.endsWith('//deleted');
}

/** The root of the volume that a `subPath` mount was taken from, `/` for tmpfs. */
export function volumeRoot(volume: Volume): string {
  const root = volume.root.replace(/\/\/deleted$/, '');
  const inside = INSIDE_TIMESTAMPED.exec(root);
  return inside === null ? root : root.slice(0, inside.index) || '/';
}
