import { readdirSync } from 'node:fs';
import { INIT_WRAPPERS, SUPERVISOR_PARTS, SUPERVISORS } from '../../config/supervisors.ts';
import { reasonOf } from '../../system/errors.ts';
import type { ProcStat } from '../../system/proc/stat.ts';
import { CannotLook } from './cannot-look.ts';
import type { Process } from './process.ts';
import { createProcessReader, isDead } from './read-process.ts';
import { placeRelatives } from './relatives.ts';
import { createRuns } from './runs.ts';
import { createLately } from './lately.ts';
import { createWorkers, isSteady, type Recall } from './workers.ts';

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
   * container's earlier run are left out.
   */
  list: (options?: ListOptions) => Process[];
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

export type ListOptions = {
  /** For who looks for the app, the workers of apps may be as they were when they were read last. */
  workers?: Recall;
  /**
   * `lately`, for who acts on nobody: what somebody else has read a moment ago is shared, as long as no
   * process has come or gone. Before an action, all is read again.
   */
  when?: When;
};

export type When = 'now' | 'lately';

export function createProcessTable(root = '/proc'): ProcessTable {
  const workers = createWorkers(root, STARTERS);
  const reader = createProcessReader(root);
  const runs = createRuns();
  const lately = createLately();
  let fresh = new WeakSet<Process['status']>();
  const readFresh = (pid: number): Process | undefined => {
    const read = reader.read(pid);
    if (read !== undefined) fresh.add(read.status);
    return read;
  };
  return {
    list: ({ workers: which, when = 'now' } = {}) => {
      const pids = listPids(root);
      const text = pids.join(' ');
      const shared = when === 'lately' ? lately.recall(text, which) : undefined;
      if (shared !== undefined) return [...shared];
      const same = which === undefined ? undefined : workers.recall(pids, which);
      reader.forget();
      const all = pids.flatMap((pid) => same?.get(pid) ?? readFresh(pid) ?? []);
      queueMicrotask(() => {
        fresh = new WeakSet();
      });
      if (same !== undefined) workers.keep(all);
      const found = runs.withoutLeftovers(placeOutside(placeRelatives(all)));
      // The first look reads all, whatever it is for.
      const isWhole = !all.some(({ pid }) => same?.has(pid) === true && !isSteady(pid));
      lately.keep({ pids: text, workers: isWhole ? undefined : which, found });
      return found;
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
