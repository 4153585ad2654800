import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { startLineProcess } from '../line-process.ts';
import type { LineProcess } from '../line-process.ts';
import { READ_TO_THE_END } from '../start-program.ts';
import { isMounted, mountPathOf, type PodPaths, type PodSpec } from './pod-spec.ts';

/** Ends with its stdin, and with it, as PID 1, the whole namespace: nothing can be left behind. */
const PAUSE = `
trap 'echo signalled; trapped=1' HUP
echo ready
${READ_TO_THE_END}
`;

/** Makes the pod's namespaces and what is mounted in them, and leaves PID 1 there. */
export async function startPause(spec: PodSpec, paths: PodPaths): Promise<LineProcess> {
  chmodSync(paths.base, 0o755);
  const unshare = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const script = setUpScript(spec, paths) + PAUSE;
  const pause = await startLineProcess(
    [...unshare, '--propagation=private', '/bin/sh', '-ec', script, 'pause'],
    { forks: true },
  );
  await pause.line('ready');
  return pause;
}

/**
 * In the namespace, /etc is a tmpfs that links to the real entries, and /run an empty one, so that
 * mount points can be made there without touching the machine. The termination log stands in /etc,
 * too: /dev is shared.
 */
function setUpScript(spec: PodSpec, paths: PodPaths): string {
  const { hostEtc, hosts } = paths;
  const logs = Object.keys(spec.containers).map((name) => paths.terminationLog(name));
  return [
    `mkdir -p ${hostEtc}`,
    `mount --bind /etc ${hostEtc}`,
    'mount -t tmpfs -o mode=755 tmpfs /etc',
    `ln -s ${hostEtc}/* /etc/`,
    'mount -t tmpfs -o mode=755 tmpfs /run',
    'rm -f /etc/hosts /etc/hostname',
    // The runtime writes the host name when it makes the sandbox.
    'touch /etc/hosts /etc/hostname /etc/termination-log',
    ...Object.entries(spec.volumes).flatMap(([name, volume]) => {
      const path = paths.volume(name, volume);
      const size = volume.memory === undefined ? [] : ['-o', `size=${volume.memory}`];
      const mount = isMounted(volume) ? [['mount -t tmpfs', ...size, 'tmpfs', path].join(' ')] : [];
      const open = volume.kind === 'empty-dir' ? [`chmod 0777 ${path}`] : [];
      return [`mkdir -p ${path}`, ...mount, ...open];
    }),
    ...[hosts, ...logs].map((path) => `mkdir -p ${dirname(path)}; touch ${path}`),
    ...Object.values(spec.containers)
      .flat()
      .map((mount) => {
        const make = mount.subPath === undefined ? 'mkdir -p' : 'touch';
        return `${make} ${mountPathOf(mount)}`;
      }),
  ].join('\n');
}
