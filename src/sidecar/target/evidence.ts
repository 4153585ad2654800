import { readdirSync, readlinkSync } from 'node:fs';
import { KUBELET_PLUGINS, SERVICE_ACCOUNT } from '../mount/discover.ts';
import { readProcFile } from '../../system/proc/read.ts';
import { parseKubeletRoot } from '../../system/proc/mountinfo.ts';
import { parseListeners } from '../../system/proc/listeners.ts';
import type { Process } from './process.ts';

/** Something that shows what a process is there for. */
export type Evidence = { words: string; isAboutVolume: boolean };

/** Whether this program is what the container is for, as far as it shows. */
export function speaksFor(process: Process): Evidence[] {
  const volumes = volumePaths(process);
  const isBelow = (path: string): boolean =>
    volumes.some((volume) => path === volume || path.startsWith(`${volume}/`));
  const named = process.argv.flatMap((word) => word.split(/[\s=:,]/)).find((word) => isBelow(word));
  const handles = readHandles(process.pid);
  const open = handles.find((path) => isBelow(path));
  const ports = portsOf(handles);
  return [
    ...(named === undefined
      ? []
      : [{ words: `its command line names ${named}`, isAboutVolume: true }]),
    ...(open === undefined ? [] : [{ words: `it has ${open} open`, isAboutVolume: true }]),
    ...(ports.length === 0
      ? []
      : [{ words: `it listens on port ${ports.join(', ')}`, isAboutVolume: false }]),
  ];
}

/** Where the container has configuration: what the kubelet mounts, but for the service account. */
function volumePaths({ mounts }: Process): string[] {
  return mounts.flatMap(({ root, mountPoint, fsType }) => {
    const origin = parseKubeletRoot(root);
    const isVolume =
      origin?.kind === 'volume'
        ? KUBELET_PLUGINS.includes(origin.plugin)
        : fsType === 'tmpfs' && !SYSTEM.test(mountPoint);
    return isVolume && !SERVICE_ACCOUNT.test(mountPoint) ? [mountPoint] : [];
  });
}

/** What runtimes mount into every container. */
const SYSTEM = /^\/(?:$|dev|proc|sys|(?:etc|run|tmp)$)/;

/** What it has open; nothing where rehup may not look (another uid or gid). */
function readHandles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((handle) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${handle}`)];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

/** The TCP ports that a process listens on; none where rehup may not look. */
export function listeningPorts(pid: number): number[] {
  return portsOf(readHandles(pid));
}

/** The containers of a pod share the network: sockets are told apart by their inodes. */
function portsOf(handles: readonly string[]): number[] {
  const sockets = new Set(handles.flatMap((path) => /^socket:\[(\d+)\]$/.exec(path)?.[1] ?? []));
  if (sockets.size === 0) return [];
  const tables = ['tcp', 'tcp6'].map((table) => {
    try {
      return parseListeners(readProcFile(`/proc/self/net/${table}`));
    } catch {
      return [];
    }
  });
  const mine = tables.flat().filter(({ inode }) => inode !== undefined && sockets.has(inode));
  return [...new Set(mine.map(({ port }) => port))].toSorted((one, other) => one - other);
}
