import type { Clock } from '../../system/clock.ts';
import { errorCode, reasonOf } from '../../system/errors.ts';
import { readLayout } from '../mount/layout.ts';
import { isWatchedKey, type Mount } from '../mount/mount.ts';
import { TooMuch } from '../mount/walk.ts';
import { hideOwnAnnotation } from './own-annotation.ts';
import { readSnapshot, SwappedWhileReading } from './read.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

/** Why a mount could not be read, and what to do about it. */
export type MountProblem = {
  kind: 'absent' | 'torn-down' | 'unreadable' | 'unsteady' | 'sub-path';
  reason: string;
  remedy: string;
};

export type MountReading = { snapshot: Snapshot } | { problem: MountProblem };

const ATTEMPTS = 25;
const PAUSE_MS = 4;

/** Reads a mount, starting over where it is swapped under the reader. */
export async function readMount(
  mount: Mount,
  clock: Clock,
  signal?: AbortSignal,
): Promise<MountReading> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await clock.sleep(PAUSE_MS, signal);
    // A kubelet that ended in the middle of an update leaves the volume so.
    const reading = tryRead(mount, attempt < ATTEMPTS);
    if (reading !== 'again') return reading;
  }
  return {
    problem: {
      kind: 'unsteady',
      reason: `the content of ${mount.path} changed ${ATTEMPTS} times while it was read`,
      remedy: 'watch a directory that is written less often, or raise REHUP_SETTLE',
    },
  };
}

function tryRead(mount: Mount, patient: boolean): MountReading | 'again' {
  const layout = readLayout(mount.path, mount.volume?.kind === 'configmap');
  if (layout.kind === 'torn-down') return { problem: tornDown(mount) };
  if (layout.kind === 'absent') return { problem: absent(mount) };
  if (layout.kind === 'unreadable') return { problem: unreadable(mount, layout.reason) };
  try {
    const hide = mount.hidesOwnAnnotation === true ? hideOwnAnnotation : undefined;
    return { snapshot: only(mount, readSnapshot(mount.path, layout, { hide, patient })) };
  } catch (error) {
    if (isGone(error)) return 'again';
    if (error instanceof TooMuch) return { problem: tooMuch(mount, error) };
    return { problem: unreadable(mount, reasonOf(error)) };
  }
}

function isGone(error: unknown): boolean {
  const code = errorCode(error) ?? '';
  return error instanceof SwappedWhileReading || ['ENOENT', 'ESTALE', 'ENOTDIR'].includes(code);
}

function only(mount: Mount, snapshot: Snapshot): Snapshot {
  if (mount.only === undefined) return snapshot;
  const keys = [...snapshot.keys].filter(([key]) => isWatchedKey(mount.only, key));
  return createSnapshot(new Map(keys), snapshot.swappedAtMs);
}

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

function absent({ path }: Mount): MountProblem {
  return {
    kind: 'absent',
    reason: `${path} does not exist`,
    remedy: `mount the volume there (volumeMounts: [{name: <volume>, mountPath: ${path}}]) or correct REHUP_WATCH`,
  };
}

function tornDown({ path }: Mount): MountProblem {
  return {
    kind: 'torn-down',
    reason: `the kubelet removed the volume at ${path} and set it up anew, which a running container never sees`,
    remedy: 'replace the pod: kubectl delete pod <pod>',
  };
}

function tooMuch({ path }: Mount, { message }: TooMuch): MountProblem {
  return {
    kind: 'unreadable',
    reason: `${path} cannot be read: ${message}`,
    remedy: 'name the directory that holds the configuration, and nothing else, in REHUP_WATCH',
  };
}

function unreadable({ path }: Mount, code: string): MountProblem {
  return {
    kind: 'unreadable',
    reason: `${path} cannot be read: ${code}`,
    remedy:
      'make it readable to the rehup container: spec.securityContext.fsGroup: <gid>, or defaultMode: 0444 on the volume',
  };
}
