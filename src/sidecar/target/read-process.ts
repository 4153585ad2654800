import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../system/errors.ts';
import { parseContainerId } from '../../system/proc/cgroup.ts';
import { parseMountinfo } from '../../system/proc/mountinfo.ts';
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
  const places = createPlaces();
  const stat = (pid: number): ProcStat | undefined => parseStat(readProc(root, pid, 'stat') ?? '');
  return {
    stat,
    read: (pid) => {
      const now = stat(pid);
      return now === undefined || isDead(now) ? undefined : readRest(root, now, places.placeOf);
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
    forget: places.forget,
  };
}

/** A main thread that has ended leaves a zombie, whose process lives on in the other threads. */
export function isDead({ state, threads }: ProcStat): boolean {
  return ['X', 'x'].includes(state) || (state === 'Z' && threads <= 1);
}

function readRest(root: string, stat: ProcStat, placeOf: Places['placeOf']): Process | undefined {
  const { pid, state } = stat;
  const place = state === 'Z' ? findLivingThread(root, pid) : String(pid);
  if (place === undefined) return undefined;
  const status = parseStatus(readProc(root, place, 'status') ?? '');
  if (status === undefined) return undefined;
  // Unreadable under hidepid or a security module: an unknown container is better than a crash.
  const mountinfo = readProc(root, place, 'mountinfo') ?? '';
  const cgroup = readProc(root, place, 'cgroup') ?? '';
  const argv = (readProc(root, place, 'cmdline') ?? '').split('\0').filter((word) => word !== '');
  return { ...stat, argv, status, awaited: awaitedOf(root, pid), ...placeOf(mountinfo, cgroup) };
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

/** Where a process is: all that its mount table and its cgroup say. */
type Place = Pick<Process, 'container' | 'cgroupId' | 'mounts'>;

type Places = { placeOf: (mountinfo: string, cgroup: string) => Place; forget: () => void };

/** Mount table → cgroup → what they say. */
type Known = Map<string, Map<string, Place>>;

/**
 * The processes of one container show the same mounts, and the same again at the next look: they are read
 * each time, but what the same text means is found out, and held, once.
 */
function createPlaces(): Places {
  let older: Known = new Map();
  let known: Known = new Map();
  return {
    placeOf: (mountinfo, cgroup) => {
      const before = older.get(mountinfo);
      const now = known.get(mountinfo) ?? new Map<string, Place>();
      const place = now.get(cgroup) ?? before?.get(cgroup) ?? find(mountinfo, cgroup, before, now);
      known.set(mountinfo, now.set(cgroup, place));
      return place;
    },
    forget: () => {
      older = known;
      known = new Map();
    },
  };
}

function find(
  mountinfo: string,
  cgroup: string,
  ...tables: (ReadonlyMap<string, Place> | undefined)[]
): Place {
  const [other] = tables.flatMap((table) => [...(table?.values() ?? [])]);
  const mounts = other?.mounts ?? parseMountinfo(mountinfo);
  const container = identifyContainer(mounts, cgroup);
  return { container, cgroupId: parseContainerId(cgroup), mounts };
}
