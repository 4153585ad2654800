import { lstatSync } from 'node:fs';
import type { Process } from './process.ts';

/** What an earlier reading of the table has found of the processes that need not be read again. */
export type Workers = {
  /** Those of these pids that are as they were, as far as it matters; begins a reading of all. */
  recall: (pids: readonly number[], which: Recall) => ReadonlyMap<number, Process>;
  /** Keeps what was read of those that were not recalled. */
  keep: (processes: readonly Process[]) => void;
};

/**
 * Which of them need not be read again: `as-read-last`, all; `settled`, those that were read when they
 * had run for a while, since a process becomes another program (execve) at its beginning, if ever.
 */
export type Recall = 'as-read-last' | 'settled';

/** After that, a process is the program that it is going to be. */
const SETTLED_MS = 10_000;

/** Up to here, all are read each time: it takes a few milliseconds. */
const MANY = 200;

/** Never the app, and the same for as long as rehup runs: PID 1 and rehup itself. */
const STEADY: readonly number[] = [1, process.pid];

export function isSteady(pid: number): boolean {
  return STEADY.includes(pid);
}

/** Inode numbers of `/proc/<pid>`: its own, and its parent's. */
type Kept = { mark: number; parentMark: number; process: Process; settled: boolean };

/**
 * An app may have thousands of workers, and to read a process takes a hundred times as long as to see
 * that it is still the same. A worker is one whose parent is in the PID namespace, and not PID 1: the
 * app of a container is not among them, unless an init wrapper has started it. What may have changed
 * of a worker (signal handlers, name, memory) does not matter to who looks for the app of a container.
 *
 * The inode of `/proc/<pid>` stands for the process, and not for the number: it is made again for the
 * next one (kernel, `pid_revalidate` in fs/proc/base.c). When a worker's parent ends, it gets another.
 */
export function createWorkers(root: string, wrappers: readonly string[]): Workers {
  const steady = new Map<number, Process>();
  const kept = new Map<number, Kept>();
  let marks = new Map<number, number>();
  const isSame = ({ mark, parentMark, process: { pid, ppid } }: Kept): boolean =>
    marks.get(pid) === mark && marks.get(ppid) === parentMark;
  return {
    recall: (pids, which) => {
      marks = new Map(pids.length < MANY ? [] : pids.map((pid) => [pid, readMark(root, pid)]));
      for (const one of kept.values()) if (!isSame(one)) kept.delete(one.process.pid);
      const same = new Map(steady);
      for (const [pid, { process: worker, settled }] of kept) {
        if (which === 'as-read-last' || settled) same.set(pid, worker);
      }
      return same;
    },
    keep: (processes) => {
      const wrapped = new Set(
        processes.filter(({ comm }) => wrappers.includes(comm)).map(({ pid }) => pid),
      );
      for (const one of processes) {
        const { pid, ppid } = one;
        if (isSteady(pid)) steady.set(pid, one);
        const mark = marks.get(pid) ?? GONE;
        const parentMark = marks.get(ppid) ?? GONE;
        if (ppid <= 1 || wrapped.has(ppid) || mark === GONE || parentMark === GONE) continue;
        if (kept.get(pid)?.process === one) continue;
        const settled = uptimeMs() - one.startedMs > SETTLED_MS;
        kept.set(pid, { mark, parentMark, process: one, settled });
      }
    },
  };
}

/** Without the time that the machine slept: that makes a process look younger than it is. */
function uptimeMs(): number {
  return Number(process.hrtime.bigint() / 1_000_000n);
}

/** No file has this inode number. */
const GONE = 0;

function readMark(root: string, pid: number): number {
  try {
    return lstatSync(`${root}/${pid}`, { throwIfNoEntry: false })?.ino ?? GONE;
  } catch {
    // Nobody may look.
    return GONE;
  }
}
