import { statSync } from 'node:fs';
import { errorCode } from '../../system/errors.ts';
import type { Shape } from '../mount/layout.ts';
import type { Mount } from '../mount/mount.ts';
import type { TooMuch } from '../mount/walk.ts';
import type { UnreadableKey } from './read-below.ts';

/** Why a mount could not be read, and what to do about it. */
export type MountProblem = {
  kind: 'absent' | 'torn-down' | 'replaced' | 'unreadable' | 'unsteady' | 'sub-path';
  reason: string;
  remedy: string;
  /** The key that it is about, and whether a group for the pod's volumes opens it. */
  key?: { path: string; fsGroupHelps: boolean };
};

/** A mount that can be read, but will never show an update. */
export function findFrozen({ path, volume }: Mount): MountProblem | undefined {
  if (volume?.subPath !== true) return undefined;
  return {
    kind: 'sub-path',
    reason: `${path} is mounted by subPath, and never updates in a running container`,
    remedy:
      'mount the whole volume in the rehup container (volumeMounts without subPath), and name the key in REHUP_INCLUDE',
  };
}

export function absent({ path }: Mount): MountProblem {
  return {
    kind: 'absent',
    reason: `${path} does not exist`,
    remedy: `mount the volume there (volumeMounts: [{name: <volume>, mountPath: ${path}}]) or correct REHUP_WATCH`,
  };
}

export function tornDown({ path }: Mount): MountProblem {
  return {
    kind: 'torn-down',
    reason: `the kubelet removed the volume at ${path} and set it up again, which a running container never sees`,
    remedy: 'replace the pod: kubectl delete pod <pod>',
  };
}

export function replaced({ path }: Mount): MountProblem {
  return {
    kind: 'replaced',
    reason: `${path} was replaced where it comes from (renamed over, or removed and made again); a container keeps the one that was bound when it started`,
    remedy:
      'mount the directory above it (hostPath, or the volume without subPath), and name the file in REHUP_INCLUDE: a rename shows there; or write to the file itself; for now: kubectl delete pod <pod>',
  };
}

export function unsteady({ path }: Mount, times: number): MountProblem {
  return {
    kind: 'unsteady',
    reason: `the content of ${path} changed ${times} times while it was read`,
    remedy: 'watch a directory that is written less often, or raise REHUP_SETTLE',
  };
}

export function tooMuch({ path }: Mount, { message }: TooMuch): MountProblem {
  return {
    kind: 'unreadable',
    reason: `${path} cannot be read: ${message}`,
    remedy: 'name the directory that holds the configuration, and nothing else, in REHUP_WATCH',
  };
}

/** The mount as a whole cannot be looked at. */
export function unreadable({ path }: Mount, code: string): MountProblem {
  return {
    kind: 'unreadable',
    reason: `${path} cannot be read: ${code}`,
    remedy: REMEDIES[code] ?? 'name a directory or a file in REHUP_WATCH',
  };
}

/** Nothing that is written into a manifest opens a directory of a hostPath or PersistentVolumeClaim. */
const CLOSED =
  'open it where it comes from (chmod a+rx), or let rehup run as its owner: securityContext: {runAsUser: <uid>} in the rehup container (and runAsNonRoot: false, if that is 0)';
const FAILING =
  'look at the file system on the node: it fails at reading what it holds (dmesg, kubectl describe node <node>)';

const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: CLOSED,
  EPERM: CLOSED,
  EIO: FAILING,
  EMFILE: 'raise the limit of open files (RLIMIT_NOFILE) of the container runtime',
  ENFILE: 'raise fs.file-max on the node',
};

/** One key that counts cannot be read. */
export function unreadableKey(mount: Mount, layout: Shape, closed: UnreadableKey): MountProblem {
  const { key, cause } = closed;
  const isKubelet = layout.kind === 'kubelet';
  const { reason, remedy } = explainUnreadable(mount, isKubelet, closed);
  return {
    kind: 'unreadable',
    reason,
    remedy: `${remedy}; or leave it out: REHUP_EXCLUDE: ${JSON.stringify(key)}`,
    key: { path: key, fsGroupHelps: isKubelet && errorCode(cause) !== 'EIO' },
  };
}

/**
 * Why a key cannot be read, and what opens it.
 *
 * @param isKubelet The kubelet has written it, and gives it the modes that the manifest says.
 */
export function explainUnreadable(
  { path }: Pick<Mount, 'path'>,
  isKubelet: boolean,
  { key, path: file, cause }: UnreadableKey,
): { reason: string; remedy: string } {
  const code = errorCode(cause) ?? 'EACCES';
  const access = describeAccess(file);
  const owner = access === undefined ? '' : ` (mode ${access.mode}, owner ${access.owner})`;
  const open = isKubelet ? OPEN_BY_KUBELET : openByOwner(access);
  return {
    reason: `the key ${key} of ${path} cannot be read: ${code}${owner}`,
    remedy: code === 'EIO' ? FAILING : open,
  };
}

/** The kubelet lets the group of fsGroup read every key, whatever its mode is. */
const OPEN_BY_KUBELET =
  'let the group of the pod read it, as fsGroup does for keys with a mode of their own, too: spec.securityContext.fsGroup: <gid>; or set defaultMode: 0444 on the volume (mode: 0444 on an item that has a mode)';

/** Neither fsGroup (of a hostPath) nor any mode in the manifest reaches files that others have made. */
function openByOwner(access: Access | undefined): string {
  if (access?.groupMayRead === true) {
    return `add its group to the pod: spec.securityContext.supplementalGroups: [${access.gid}]`;
  }
  return 'open it where it comes from: chmod a+r (defaultMode reaches only what the kubelet writes)';
}

type Access = { mode: string; owner: string; gid: number; groupMayRead: boolean };

function describeAccess(path: string | Buffer): Access | undefined {
  try {
    const { mode, uid, gid } = statSync(path);
    const bits = mode & 0o7777;
    return {
      mode: bits.toString(8).padStart(4, '0'),
      owner: `${uid}:${gid}`,
      gid,
      groupMayRead: (bits & 0o040) !== 0,
    };
  } catch {
    return undefined;
  }
}
