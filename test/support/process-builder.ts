import { constants } from 'node:os';
import { toVolume } from '../../src/sidecar/mount/mount.ts';
import type { MountEntry } from '../../src/system/proc/mountinfo.ts';
import type { Watched } from '../../src/sidecar/target/resolution.ts';
import type { Process } from '../../src/sidecar/target/processes.ts';
import type { Self } from '../../src/sidecar/target/self.ts';

export type SignalName = keyof typeof constants.signals;

/** A set of signals, by their names or as the mask in `/proc/<pid>/status`. */
type Signals = readonly SignalName[] | bigint;

export type ProcessSpec = {
  pid: number;
  comm?: string;
  argv?: readonly string[];
  /** 0, as entry processes and exec sessions have, unless said otherwise. */
  ppid?: number;
  /** In milliseconds since boot; by default in the order of the pids. */
  startedMs?: number;
  uid?: number | { real: number; effective: number; saved: number };
  gid?: number;
  capabilities?: bigint;
  /** Capabilities that the container was given, in force or not. */
  bounding?: bigint;
  caught?: Signals;
  ignored?: Signals;
  /** Blocked in every thread. */
  awaited?: Signals;
  /** Sent, and not taken yet. */
  pending?: Signals;
  /** The container's name in the pod spec. */
  container?: string;
  /** Which run of the container; each its first unless said otherwise. */
  instance?: string;
  /** Of its pod, where that is another one than rehup's. */
  podUid?: string;
  hasTerminal?: boolean;
  /** The container's ID from its cgroup, where its name is not known. */
  containerId?: string;
  mounts?: readonly MountEntry[];
};

const POD_UID = '0b5c9f5e-5d0f-4c6e-9d0c-0b8f1f6a7d11';

/** A process as data, as the process table would have read it. */
export function buildProcess(spec: ProcessSpec): Process {
  const { pid, comm = 'app', argv = [comm], ppid = 0, startedMs = 100_000 + pid * 10 } = spec;
  const { uid = 1000, gid = 1000, capabilities = 0n, container, mounts = [] } = spec;
  const { bounding = capabilities, instance } = spec;
  const awaited = maskOf(spec.awaited);
  return {
    pid,
    comm,
    argv,
    state: 'S',
    ppid,
    startedMs,
    threads: 1,
    hasTerminal: spec.hasTerminal ?? false,
    awaited: () => awaited,
    cgroupId: spec.containerId,
    mounts,
    status: {
      uid: typeof uid === 'number' ? { real: uid, effective: uid, saved: uid } : uid,
      gid,
      signals: {
        caught: maskOf(spec.caught),
        ignored: maskOf(spec.ignored),
        blocked: awaited,
        pending: maskOf(spec.pending),
      },
      capabilities,
      bounding,
    },
    container: {
      id: instance === undefined ? (container ?? spec.containerId) : `${container}/${instance}`,
      name: container,
      instance: container === undefined ? undefined : (instance ?? '1a2b3c4d'),
      podUid: container === undefined ? undefined : (spec.podUid ?? POD_UID),
      isBesideOwn: false,
    },
  };
}

function maskOf(signals: Signals = []): bigint {
  if (typeof signals === 'bigint') return signals;
  return signals.reduce((mask, name) => mask | (1n << BigInt(constants.signals[name] - 1)), 0n);
}

/** What the Go runtime catches, whether the program cares or not. */
export const GO_RUNTIME_SIGNALS = 0xfffffffe7fc1feffn;

/** PID 1 of a shared PID namespace: its end is the end of the pod. */
export const pause = buildProcess({ pid: 1, comm: 'pause', argv: ['/pause'], uid: 65535 });

/** rehup's own process; a pod with a shared PID namespace unless said otherwise. */
export function buildSelf(spec: Partial<ProcessSpec> = {}, self: Partial<Self> = {}): Self {
  const own = { pid: 20, comm: 'rehup', container: 'rehup', ...spec };
  return {
    process: buildProcess(own),
    inPod: true,
    sharesProcesses: true,
    seesNode: false,
    ...self,
  };
}

const VOLUMES = `/var/lib/kubelet/pods/${POD_UID}/volumes`;
const TIMESTAMPED = '..2026_11_09_08_07_06.123456789';

/** A ConfigMap volume, as it shows in the mount table of a container. */
export function configMapMount(volume: string, mountPoint = `/etc/${volume}`): MountEntry {
  const root = `${VOLUMES}/kubernetes.io~configmap/${volume}`;
  return { device: '254:0', root, mountPoint, fsType: 'ext4' };
}

/** A Secret, projected or downwardAPI volume: a tmpfs of its own. */
export function tmpfsMount(minor: number, mountPoint = `/etc/secret-${minor}`): MountEntry {
  return { device: `0:${minor}`, root: '/', mountPoint, fsType: 'tmpfs' };
}

/** The same volume mounted by `subPath`; outdated once the volume was swapped. */
export function bySubPath(whole: MountEntry, key: string, { outdated = false } = {}): MountEntry {
  const root = `${whole.root === '/' ? '' : whole.root}/${TIMESTAMPED}/${key}`;
  const mountPoint = `${whole.mountPoint}/${key}`;
  return { ...whole, root: outdated ? `${root}//deleted` : root, mountPoint };
}

/** The main process of a container that mounts the ConfigMap `config` and takes SIGHUP. */
export function app(pid: number, container: string, spec: Partial<ProcessSpec> = {}): ProcessSpec {
  const mounts = [configMapMount('config')];
  return { pid, container, comm: container, mounts, caught: ['SIGHUP'], ...spec };
}

/** These mounts of rehup's own container, as they are watched. */
export function watch(...mounts: readonly MountEntry[]): Watched[] {
  return mounts.map((entry) => ({ path: entry.mountPoint, volume: toVolume(entry) }));
}
