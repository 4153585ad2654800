import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode, Plain, reasonOf } from '../../system/errors.ts';
import type { Failure } from '../outcome.ts';
import { parseContainerId } from '../../system/proc/cgroup.ts';
import { type MountEntry, parseKubeletRoot, parseMountinfo } from '../../system/proc/mountinfo.ts';
import { readProcFile } from '../../system/proc/read.ts';
import { parseStat, type ProcStat } from '../../system/proc/stat.ts';
import { parseStatus, type ProcStatus } from '../../system/proc/status.ts';
import { createWorkers } from './workers.ts';

/** Programs that only start and reap one child, which is the app. */
export const INIT_WRAPPERS: readonly string[] = [
  'tini',
  'tini-static',
  'docker-init',
  'dumb-init',
  'catatonit',
];

/**
 * A process of the PID namespace, from the files that any uid may read across containers: `comm`,
 * `cmdline`, `stat`, `status`, `cgroup`, `mountinfo` (kubelet semantics, 4.2). `environ`, `exe` and
 * `root` need ptrace rights and are never used.
 */
export type Process = ProcStat & {
  argv: readonly string[];
  status: ProcStatus;
  /**
   * Signals that every thread blocks: they cannot kill, and are taken by signalfd(2), say. Those
   * that a thread waits for in sigwait(3) are not among them: meanwhile the kernel takes them out of
   * its mask, and nothing else in /proc tells.
   */
  awaited: bigint;
  container: Container;
  mounts: readonly MountEntry[];
};

type Container = {
  /** Equal for processes of one container; undefined outside containers. */
  id: string | undefined;
  /** The name in the pod spec, from its termination log. */
  name: string | undefined;
  /** Which of its runs: the kubelet gives each a termination log of its own. Known where the name is. */
  instance: string | undefined;
  podUid: string | undefined;
};

/**
 * The table cannot be read now, which tells nothing about who is running: a process that is not seen
 * must not be taken for one that has ended, nor another one for the app.
 */
export class CannotLook extends Plain {
  readonly failure: Failure;

  constructor(code: string) {
    super(`the processes of the pod cannot be looked at: ${code}`);
    this.failure = {
      outcome: 'no-target',
      mayRun: true,
      reason: this.message,
      remedy:
        'raise the limit of open files (RLIMIT_NOFILE) of the container runtime, or the memory limit of the rehup container',
    };
  }
}

/** Reads the process table at `root` (`/proc`). Each throws `CannotLook` where it cannot be read at all. */
export type ProcessTable = {
  /**
   * All live processes. Those that end meanwhile, zombies and kernel threads are left out. For who
   * looks for the app of a container, the workers of apps may be as they were when they were read last.
   */
  list: (options?: { workers: 'as-read-last' }) => Process[];
  /** One process, `undefined` once it has ended. */
  read: (pid: number) => Process | undefined;
  /** Start time alone, for a check of identity. */
  stat: (pid: number) => ProcStat | undefined;
};

export function createProcessTable(root = '/proc'): ProcessTable {
  const workers = createWorkers(root, INIT_WRAPPERS);
  const listPids = (): number[] =>
    listDirectory(root)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  return {
    list: (options) => {
      const parseMounts = createMountsParser();
      const pids = listPids();
      const same = options === undefined ? undefined : workers.recall(pids);
      const all = pids.flatMap(
        (pid) => same?.get(pid) ?? readProcess(root, pid, parseMounts) ?? [],
      );
      if (same !== undefined) workers.keep(all);
      return all;
    },
    read: (pid) => readProcess(root, pid, parseMountinfo),
    stat: (pid) => parseStat(readProc(root, pid, 'stat') ?? ''),
  };
}

/** The same process as before, and not a zombie: pids are reused, start times tell. */
export function isAlive(table: ProcessTable, { pid, startedMs }: ProcStat): boolean {
  const now = table.stat(pid);
  return now !== undefined && now.startedMs === startedMs && !isDead(now);
}

function isDead({ state }: ProcStat): boolean {
  return ['Z', 'X', 'x'].includes(state);
}

type ParseMounts = (text: string) => readonly MountEntry[];

/** The processes of one container show the same mounts: they are parsed, and held, once for all of them. */
function createMountsParser(): ParseMounts {
  const parsed = new Map<string, readonly MountEntry[]>();
  return (text) => {
    const mounts = parsed.get(text) ?? parseMountinfo(text);
    parsed.set(text, mounts);
    return mounts;
  };
}

function readProcess(root: string, pid: number, parseMounts: ParseMounts): Process | undefined {
  const stat = parseStat(readProc(root, pid, 'stat') ?? '');
  const status = parseStatus(readProc(root, pid, 'status') ?? '');
  if (stat === undefined || status === undefined || isDead(stat)) return undefined;
  // Unreadable under hidepid or a security module: an unknown container is better than a crash.
  const mounts = parseMounts(readProc(root, pid, 'mountinfo') ?? '');
  const argv = (readProc(root, pid, 'cmdline') ?? '').split('\0').filter((word) => word !== '');
  const container = toContainer(mounts, readProc(root, pid, 'cgroup') ?? '');
  const awaited = status.signals.blocked === 0n ? 0n : readAwaited(root, pid);
  return { ...stat, argv, status, awaited, container, mounts };
}

/** Unreadable is the same as gone: processes end while the table is read. */
function readProc(root: string, pid: number, file: string): string | undefined {
  return unlessGone(() => readProcFile(join(root, String(pid), file)));
}

function readAwaited(root: string, pid: number): bigint {
  const masks = unlessGone(() => {
    const threads = readdirSync(join(root, String(pid), 'task'));
    return threads.map((thread) => {
      const text = readProcFile(join(root, String(pid), 'task', thread, 'status'));
      return parseStatus(text)?.signals.blocked ?? 0n;
    });
  });
  return masks === undefined || masks.length === 0 ? 0n : masks.reduce((all, mask) => all & mask);
}

function listDirectory(root: string): string[] {
  try {
    return readdirSync(root);
  } catch (error) {
    throw new CannotLook(reasonOf(error));
  }
}

/** Errors that say nothing about the process: nobody can be looked at now. */
const OUT_OF_RESOURCES = ['EMFILE', 'ENFILE', 'ENOMEM'];

function unlessGone<Result>(look: () => Result): Result | undefined {
  try {
    return look();
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (OUT_OF_RESOURCES.includes(code)) throw new CannotLook(code);
    return undefined;
  }
}

function toContainer(mounts: readonly MountEntry[], cgroup: string): Container {
  const origins = mounts.flatMap(({ root }) => parseKubeletRoot(root) ?? []);
  const named = origins.find((origin) => origin.kind === 'container');
  const podUid = named?.podUid ?? origins.find((origin) => origin.kind === 'hosts')?.podUid;
  const { container: name, instance } = named ?? {};
  return { id: name ?? parseContainerId(cgroup), name, instance, podUid };
}
