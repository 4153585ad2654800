import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../system/errors.ts';
import { parseContainerId } from '../../system/proc/cgroup.ts';
import { type MountEntry, parseMountinfo } from '../../system/proc/mountinfo.ts';
import { readProcFile } from '../../system/proc/read.ts';
import { parseStat, type ProcStat } from '../../system/proc/stat.ts';
import { parseStatus } from '../../system/proc/status.ts';
import { CannotLook } from './cannot-look.ts';
import { identifyContainer } from './container.ts';
import type { Process } from './process.ts';
import { combineMasks } from './thread-masks.ts';

export type ProcessReader = {
  read: (pid: number) => Process | undefined;
  /** What may change of a process that is known; `undefined` if it is not the same any more. */
  reread: (known: Process) => Process | undefined;
  stat: (pid: number) => ProcStat | undefined;
  /** Mount tables that nothing has shown since the last call are not kept any longer. */
  forget: () => void;
};

export function createProcessReader(root: string): ProcessReader {
  const mountTables = createMountTables();
  const stat = (pid: number): ProcStat | undefined => parseStat(readProc(root, pid, 'stat') ?? '');
  return {
    stat,
    read: (pid) => {
      const now = stat(pid);
      return now === undefined || isDead(now) ? undefined : readRest(root, now, mountTables.parse);
    },
    reread: (known) => {
      const now = stat(known.pid);
      if (now === undefined || now.startedMs !== known.startedMs || isDead(now)) return undefined;
      const status = parseStatus(readProc(root, known.pid, 'status') ?? '');
      if (status === undefined) return undefined;
      // The parent may be one that the table has put in the place of another.
      const { ppid } = known;
      return { ...known, ...now, ppid, status, awaited: awaitedOf(root, known.pid) };
    },
    forget: mountTables.forget,
  };
}

/** A main thread that has ended leaves a zombie, whose process lives on in the other threads. */
export function isDead({ state, threads }: ProcStat): boolean {
  return ['X', 'x'].includes(state) || (state === 'Z' && threads <= 1);
}

function readRest(
  root: string,
  stat: ProcStat,
  parseMounts: (text: string) => readonly MountEntry[],
): Process | undefined {
  const { pid, state } = stat;
  const place = state === 'Z' ? findLivingThread(root, pid) : String(pid);
  if (place === undefined) return undefined;
  const status = parseStatus(readProc(root, place, 'status') ?? '');
  if (status === undefined) return undefined;
  // Unreadable under hidepid or a security module: an unknown container is better than a crash.
  const mounts = parseMounts(readProc(root, place, 'mountinfo') ?? '');
  const cgroup = readProc(root, place, 'cgroup') ?? '';
  const argv = (readProc(root, place, 'cmdline') ?? '').split('\0').filter((word) => word !== '');
  const container = identifyContainer(mounts, cgroup);
  const cgroupId = parseContainerId(cgroup);
  return { ...stat, argv, status, awaited: awaitedOf(root, pid), container, cgroupId, mounts };
}

/** A thread that has ended has neither memory nor mounts to show. */
function findLivingThread(root: string, pid: number): string | undefined {
  const place = join(String(pid), 'task');
  const threads = unlessGone(() => readdirSync(join(root, place))) ?? [];
  return threads
    .filter((thread) => thread !== String(pid))
    .map((thread) => join(place, thread))
    .find((thread) => {
      const stat = parseStat(readProc(root, thread, 'stat') ?? '');
      return stat !== undefined && !['Z', 'X', 'x'].includes(stat.state);
    });
}

/** Read when it is asked for: of a program with many threads that takes a while, and few are asked. */
function awaitedOf(root: string, pid: number): Process['awaited'] {
  let awaited: bigint | undefined;
  return () => {
    awaited ??= combineMasks(readMasks(root, pid));
    return awaited;
  };
}

function readMasks(root: string, pid: number): bigint[] {
  const masks = unlessGone(() => {
    const threads = readdirSync(join(root, String(pid), 'task'));
    return threads.flatMap((thread) => {
      const text = readProcFile(join(root, String(pid), 'task', thread, 'status'));
      // Of a thread that has ended there is nothing to say.
      if (/^State:\s*[ZXx]/m.test(text)) return [];
      return [parseStatus(text)?.signals.blocked ?? 0n];
    });
  });
  return masks ?? [];
}

/** Unreadable is the same as gone: processes end while the table is read. */
function readProc(root: string, place: number | string, file: string): string | undefined {
  return unlessGone(() => readProcFile(join(root, String(place), file)));
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

/** The processes of one container show the same mounts: they are parsed, and held, once for all of them. */
function createMountTables(): {
  parse: (text: string) => readonly MountEntry[];
  forget: () => void;
} {
  let older = new Map<string, readonly MountEntry[]>();
  let parsed = new Map<string, readonly MountEntry[]>();
  return {
    parse: (text) => {
      const mounts = parsed.get(text) ?? older.get(text) ?? parseMountinfo(text);
      parsed.set(text, mounts);
      return mounts;
    },
    forget: () => {
      older = parsed;
      parsed = new Map();
    },
  };
}
