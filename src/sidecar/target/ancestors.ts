import type { Process } from './process.ts';

type Child = Pick<Process, 'pid' | 'ppid'>;

export function parentsOf(all: readonly Child[]): ReadonlyMap<number, number> {
  return new Map(all.map(({ pid, ppid }) => [pid, ppid]));
}

export function isAncestor(above: Child, below: Child, all: readonly Child[]): boolean {
  return ancestorsOf(below, parentsOf(all)).includes(above.pid);
}

/** The pids above a process. In a table that is read while it changes, parents may form a circle. */
export function ancestorsOf(
  { pid, ppid }: Child,
  parents: ReadonlyMap<number, number>,
): readonly number[] {
  const above = new Set<number>();
  for (
    let next = ppid;
    next > 0 && next !== pid && !above.has(next);
    next = parents.get(next) ?? 0
  ) {
    above.add(next);
  }
  return [...above];
}
