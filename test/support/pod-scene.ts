import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { asUser } from './abilities.ts';
import { createKubeletVolume } from './kubelet-volume.ts';
import type { KubeletVolume } from './kubelet-volume.ts';
import { startLineProcess } from './line-process.ts';
import type { LineProcess } from './line-process.ts';
import { startPause } from './pod-scene/pause.ts';
import {
  isMounted,
  mountPathOf,
  type PodPaths,
  type PodSpec,
  podPaths,
  type VolumeSpec,
} from './pod-scene/pod-spec.ts';
import { createRuns } from './pod-scene/runs.ts';
import { startRehup } from './start-rehup.ts';
import type { Rehup, RehupOptions } from './start-rehup.ts';
import { createTempDir } from './temp-dir.ts';
import { nextMoment } from './uptime.ts';

export interface RunOptions {
  /** Default: the uid of the test. */
  readonly uid?: number;
  /** In a PID namespace of its own, as without `shareProcessNamespace`. */
  readonly unshared?: boolean;
  /** In the PID namespace of the machine, as with `hostPID: true`: its parent is visible. */
  readonly hostPids?: boolean;
}

/** A pod as the kubelet and a runtime make it, on this machine: see `createPodScene`. */
export interface PodScene extends AsyncDisposable {
  /** PID 1. Says `signalled` when it gets a SIGHUP. */
  readonly pause: LineProcess;
  readonly volume: (name: string) => KubeletVolume;
  /**
   * Starts a command as a process of the runtime in this container: its PPid is 0. The first one, and
   * the first one after its end, is the entry process of a run of the container; what is started
   * beside it is an exec session.
   */
  readonly start: (
    container: string,
    command: readonly string[],
    options?: RunOptions,
  ) => Promise<LineProcess>;
  /** Starts rehup in the container `rehup`. */
  readonly startRehup: (options?: RunOptions & Omit<RehupOptions, 'forks'>) => Promise<Rehup>;
}

/**
 * Makes what a process in a pod with `shareProcessNamespace: true` sees: a PID namespace with
 * `pause` as PID 1, and for each container a mount namespace of its own in which the volumes, the
 * termination log and /etc/hosts are bound from a tree like the kubelet's. Needs `pidNamespaces`.
 */
export async function createPodScene(spec: PodSpec): Promise<PodScene> {
  await using stack = new AsyncDisposableStack();
  const tempDir = stack.use(await createTempDir('pod-scene-'));
  const paths = podPaths(tempDir.path);
  const volumes = new Map<string, KubeletVolume>();
  stack.defer(async () => {
    for (const volume of volumes.values()) await volume[Symbol.asyncDispose]();
  });
  const pause = stack.use(await startPause(spec, paths));
  for (const [name, volume] of Object.entries(spec.volumes)) {
    if (volume.kind === 'empty-dir') continue;
    volumes.set(
      name,
      await setUpVolume(`/proc/${pause.pid}/root${paths.volume(name, volume)}`, volume),
    );
  }
  // In a pod, creating a container takes far longer than this after its volumes are there.
  await nextMoment();

  const runs = createRuns();
  const enter = (
    container: string,
    { uid, unshared = false, hostPids = false }: RunOptions,
  ): string[] => [
    'nsenter',
    `--target=${pause.pid}`,
    '--mount',
    ...(unshared || hostPids ? [] : ['--pid']),
    '--',
    'unshare',
    '--mount',
    '--propagation=private',
    ...(unshared ? ['--pid', '--fork', '--kill-child', '--mount-proc'] : []),
    '/bin/sh',
    '-ec',
    `${hostPids ? 'mount -t proc proc /proc\n' : ''}${bindMounts(spec, container, paths, runs.current(container))}\nexec "$@"`,
    container,
    ...(uid === undefined ? [] : asUser(uid)),
  ];

  /** Before it starts a container, the kubelet writes the /etc/hosts of its pod anew. */
  const writeHosts = async (): Promise<void> => {
    const now = new Date();
    await utimes(`/proc/${pause.pid}/root${paths.hosts}`, now, now);
    await nextMoment();
  };

  const running = stack.adopt(new AsyncDisposableStack(), (inner) => inner.disposeAsync());
  const owned = stack.move();
  return {
    pause,
    volume: (name) => {
      const volume = volumes.get(name);
      if (volume === undefined) throw new Error(`the scene has no volume ${name}`);
      return volume;
    },
    start: async (container, command, options = {}) => {
      if (!runs.isRunning(container)) await writeHosts();
      const launched = [...enter(container, options), ...command];
      const started = running.use(
        await startLineProcess(launched, { forks: options.hostPids !== true }),
      );
      runs.began(container, started.exited);
      return started;
    },
    startRehup: async ({ prefix = [], ...options } = {}) => {
      if (!runs.isRunning('rehup')) await writeHosts();
      const launch = {
        ...options,
        prefix: [...enter('rehup', options), ...prefix],
        forks: options.hostPids !== true,
      };
      const started = running.use(await startRehup(launch));
      runs.began('rehup', started.exited);
      return started;
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function setUpVolume(root: string, { payload, options }: VolumeSpec): Promise<KubeletVolume> {
  const volume = await createKubeletVolume({ ...options, root });
  await volume.write(payload);
  return volume;
}

/** On a machine that is itself a node, the volumes of its pods are none of the scene's. */
const HIDE_REAL_PODS = String.raw`
sed -n 's#^[^ ]* \(/var/lib/kubelet/[^ ]*\) .*#\1#p' /proc/self/mounts | sort -r | while read -r mounted; do
  umount -l "$mounted" 2>/dev/null || : # gone meanwhile
done`;

function bindMounts(spec: PodSpec, container: string, paths: PodPaths, run: number): string {
  const mounts = (spec.containers[container] ?? []).map((mount) => {
    const volume = spec.volumes[mount.volume];
    if (volume === undefined) throw new Error(`the scene has no volume ${mount.volume}`);
    const source = join(paths.volume(mount.volume, volume), mount.subPath ?? '');
    return [source, mountPathOf(mount)];
  });
  const terminationLog = paths.terminationLog(container, run);
  const binds = [
    ...mounts,
    [terminationLog, '/etc/termination-log'],
    [paths.hosts, '/etc/hosts'],
  ].map(([source, target]) => `mount --bind '${source}' '${target}'`);
  // A container sees of the kubelet's own mounts only what is bound into it.
  const unseen = Object.entries(spec.volumes)
    .filter(([, volume]) => isMounted(volume))
    .map(([name, volume]) => `umount '${paths.volume(name, volume)}'`);
  return [HIDE_REAL_PODS, `touch '${terminationLog}'`, ...binds, ...unseen].join('\n');
}
