import { readdirSync } from 'node:fs';
import { INIT_WRAPPERS, SUPERVISOR_PARTS, SUPERVISORS } from '../../config/supervisors.ts';
import { reasonOf } from '../../system/errors.ts';
import type { ProcStat } from '../../system/proc/stat.ts';
import { CannotLook } from './cannot-look.ts';
import type { Process } from './process.ts';
import { createProcessReader, isDead } from './read-process.ts';
import { placeRelatives } from './relatives.ts';
import { createRuns } from './runs.ts';
import { createWorkers, type Recall } from './workers.ts';

export { CannotLook } from './cannot-look.ts';
export type { Process } from './process.ts';

/** What these start may be the app. */
const STARTERS: readonly string[] = [
  ...INIT_WRAPPERS,
  ...SUPERVISOR_PARTS,
  ...SUPERVISORS.map(({ program }) => program),
];

/** Reads the process table at `root` (`/proc`). Each throws `CannotLook` where it cannot be read at all. */
export type ProcessTable = {
  /**
   * All live processes. Those that end meanwhile, zombies, kernel threads and what is left of a
   * container's earlier run are left out. For who looks for the app, the workers of apps may be as they
   * were when they were read last.
   */
  list: (options?: { workers: Recall }) => Process[];
  /**
   * One process, `undefined` once it has ended. Of one that is known, what may have changed of it is
   * read, and no more; `undefined` if it is not the same any more.
   *
   * @param when `of-this-look`: as `list` has read it, if nobody else has had a turn since then.
   */
  read: (pid: number, known?: Process, when?: 'now' | 'of-this-look') => Process | undefined;
  /** Start time alone, for a check of identity. */
  stat: (pid: number) => ProcStat | undefined;
};

export function createProcessTable(root = '/proc'): ProcessTable {
  const workers = createWorkers(root, STARTERS);
  const reader = createProcessReader(root);
  const runs = createRuns();
  let fresh = new WeakSet<Process['status']>();
  const readFresh = (pid: number): Process | undefined => {
    const read = reader.read(pid);
    if (read !== undefined) fresh.add(read.status);
    return read;
  };
  return {
    list: (options) => {
      const pids = listPids(root);
      const same = options === undefined ? undefined : workers.recall(pids, options.workers);
      reader.forget();
      const all = pids.flatMap((pid) => same?.get(pid) ?? readFresh(pid) ?? []);
      queueMicrotask(() => {
        fresh = new WeakSet();
      });
      if (same !== undefined) workers.keep(all);
      return runs.withoutLeftovers(placeOutside(placeRelatives(all)));
    },
    read: (pid, known, when = 'now') => {
      if (known === undefined) return reader.read(pid);
      return when === 'of-this-look' && fresh.has(known.status) ? known : reader.reread(known);
    },
    stat: reader.stat,
  };
}

function listPids(root: string): number[] {
  try {
    return readdirSync(root)
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch (error) {
    throw new CannotLook(reasonOf(error));
  }
}

/**
 * Where the node's processes are visible (`hostPID`), the parent of what the runtime starts is its
 * shim, which is in no container: it counts as outside, as it is where it cannot be seen.
 */
function placeOutside(processes: readonly Process[]): Process[] {
  const outside = new Set(
    processes.flatMap(({ pid, container }) =>
      pid > 1 && container.podUid === undefined ? [pid] : [],
    ),
  );
  return processes.map((process) =>
    process.container.name !== undefined && outside.has(process.ppid)
      ? { ...process, ppid: 0 }
      : process,
  );
}

/** The same process as before, and not a zombie: pids are reused, start times tell. */
export function isAlive(
  table: Pick<ProcessTable, 'stat'>,
  { pid, startedMs }: Pick<ProcStat, 'pid' | 'startedMs'>,
): boolean {
  const now = table.stat(pid);
  return now !== undefined && now.startedMs === startedMs && !isDead(now);
}
