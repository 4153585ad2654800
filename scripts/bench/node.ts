// What the node knows of a container, where the node is this machine: its processes and its control groups.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup';

/** A container, seen from the node. */
export type NodeContainer = {
  /** Of its first process, in the node's numbers. */
  pid: number;
  /** Pages of its own: heap, stacks, and what it has changed of files; in bytes. */
  readAnonymous: () => number;
  /** CPU time of all its processes so far, in milliseconds. */
  readCpuMs: () => number;
  /** How often the kernel has ended one of its processes for want of memory; absent where nobody counts. */
  readOomKills: () => number | undefined;
};

/** @param id As the container's status has it, with or without the runtime's scheme. */
export function findContainer(id: string): NodeContainer | undefined {
  const bare = id.replace(/^.*:\/\//, '');
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const pid = processes.map(Number).find((each) => readCgroups(each).includes(bare));
  return pid === undefined ? undefined : describe(pid, readCgroups(pid));
}

function describe(pid: number, cgroups: string): NodeContainer {
  const group = (controller: string): string => groupOf(cgroups, controller);
  const isUnified = group('memory') === group('');
  const [memory, cpu] = [group('memory'), group('cpuacct')];
  return {
    pid,
    readAnonymous: () => readField(join(memory, 'memory.stat'), isUnified ? 'anon' : 'total_rss'),
    readCpuMs: () =>
      isUnified
        ? readField(join(cpu, 'cpu.stat'), 'usage_usec') / 1e3
        : Number(readFileSync(join(cpu, 'cpuacct.usage'), 'utf8')) / 1e6,
    readOomKills: () => {
      const file = join(memory, isUnified ? 'memory.events' : 'memory.oom_control');
      return existsSync(file) ? readField(file, 'oom_kill') : undefined;
    },
  };
}

/** The folder of a controller: its own hierarchy (version 1), or that of all (version 2). */
function groupOf(cgroups: string, controller: string): string {
  const lines = cgroups.split('\n').map((line) => line.split(':'));
  const own = lines.find(
    ([, names = '']) => controller !== '' && names.split(',').includes(controller),
  );
  if (own) return join(ROOT, own[1] ?? '', own[2] ?? '');
  return join(ROOT, lines.find(([hierarchy]) => hierarchy === '0')?.[2] ?? '');
}

function readField(file: string, field: string): number {
  const text = readFileSync(file, 'utf8');
  const value = new RegExp(`^${field} (\\d+)$`, 'm').exec(text)?.[1];
  if (value === undefined) throw new Error(`${file} has no ${field}`);
  return Number(value);
}

function readCgroups(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    // It ended meanwhile.
    return '';
  }
}

/** When a process began, wall clock in milliseconds, to the hundredth of a second. */
export function startedAt(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  const ticks = Number(fields[19]);
  const sinceBootMs = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]) * 1000;
  return Date.now() - sinceBootMs + ticks * 10;
}

/** Open file descriptors of a process, and the inotify watches behind them. */
export function countProcess(pid: number): { descriptors: number; watches: number } {
  const folder = `/proc/${pid}/fdinfo`;
  const numbers = readdirSync(folder);
  const infos = numbers.map((number) => readFileSync(join(folder, number), 'utf8'));
  const watches = infos.flatMap((info) => info.match(/^inotify wd:/gm) ?? []).length;
  return { descriptors: numbers.length, watches };
}

/** What a process and all its descendants hold, in bytes. What several of them map of one file counts once for each. */
export function readTree(pid: number): { anonymous: number; resident: number } {
  const all = [readRollup(pid), ...childrenOf(pid).map(readTree)];
  return {
    anonymous: all.reduce((sum, { anonymous }) => sum + anonymous, 0),
    resident: all.reduce((sum, { resident }) => sum + resident, 0),
  };
}

function readRollup(pid: number): { anonymous: number; resident: number } {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
  const bytesOf = (field: string): number =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
  return { anonymous: bytesOf('Anonymous'), resident: bytesOf('Rss') };
}

/** Ends the descendants of a process, and not itself. */
export function endChildren(pid: number): void {
  for (const child of childrenOf(pid)) {
    endChildren(child);
    process.kill(child, 'SIGKILL');
  }
}

function childrenOf(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`;
  return existsSync(file) ? readFileSync(file, 'utf8').split(' ').filter(Boolean).map(Number) : [];
}
