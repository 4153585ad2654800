import { lstatSync } from 'node:fs';
import type { Process } from './processes.ts';

/** What an earlier reading of the table has found of the processes that need not be read again. */
export type Workers = {
  /** Those of these pids that are as they were, as far as it matters; begins a reading of all. */
  recall: (pids: readonly number[]) => ReadonlyMap<number, Process>;
  /** Keeps what was read of those that were not recalled. */
  keep: (processes: readonly Process[]) => void;
};

/** Up to here, all are read each time: it takes a few milliseconds. */
const MANY = 200;

/** Never the app, and the same for as long as rehup runs: PID 1 and rehup itself. */
const STEADY: readonly number[] = [1, process.pid];

/** Inode numbers of `/proc/<pid>`: its own, and its parent's. */
type Kept = { mark: number; parentMark: number; process: Process };

/**
 * An app may have thousands of workers, and to read a process takes a hundred times as long as to see
 * that it is still the same. A worker is one whose parent is in the PID namespace, and not PID 1: the
 * app of a container is not among them, unless an init wrapper has started it. What may have changed
 * of a worker (signal handlers, name, memory) does not matter to who looks for the app of a container.
 *
 * The inode of `/proc/<pid>` stands for the process, and not for the number: it is made anew for the
 * next one (kernel, `pid_revalidate` in fs/proc/base.c). When a worker's parent ends, it gets another.
 */
export function createWorkers(root: string, wrappers: readonly string[]): Workers {
  const steady = new Map<number, Process>();
  const kept = new Map<number, Kept>();
  let marks = new Map<number, number>();
  const isSame = ({ mark, parentMark, process: { pid, ppid } }: Kept): boolean =>
    marks.get(pid) === mark && marks.get(ppid) === parentMark;
  return {
    recall: (pids) => {
      marks = new Map(pids.length < MANY ? [] : pids.map((pid) => [pid, readMark(root, pid)]));
      for (const one of kept.values()) if (!isSame(one)) kept.delete(one.process.pid);
      const same = new Map(steady);
      for (const [pid, { process: worker }] of kept) same.set(pid, worker);
      return same;
    },
    keep: (processes) => {
      const wrapped = new Set(
        processes.filter(({ comm }) => wrappers.includes(comm)).map(({ pid }) => pid),
      );
      for (const one of processes) {
        const { pid, ppid } = one;
        if (STEADY.includes(pid)) steady.set(pid, one);
        const mark = marks.get(pid) ?? GONE;
        const parentMark = marks.get(ppid) ?? GONE;
        if (ppid <= 1 || wrapped.has(ppid) || mark === GONE || parentMark === GONE) continue;
        if (kept.get(pid)?.process !== one) kept.set(pid, { mark, parentMark, process: one });
      }
    },
  };
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
