import type { Process, ProcessTable } from './processes.ts';

/** Who rehup is among the processes it sees. */
export type Self = {
  process: Process;
  /** rehup runs in a pod of Kubernetes. */
  inPod: boolean;
  /** The other containers' processes are visible: `shareProcessNamespace: true` is in force. */
  sharesProcesses: boolean;
};

export function readSelf(table: ProcessTable, pid = process.pid): Self {
  const self = table.read(pid);
  if (self === undefined) throw new Error(`/proc/${pid} cannot be read`);
  return {
    process: self,
    inPod: self.container.podUid !== undefined,
    sharesProcesses: shares(table, self),
  };
}

/** In a shared PID namespace, PID 1 is the sandbox's `pause`, which is of no container. */
function shares(table: ProcessTable, self: Process): boolean {
  if (self.pid === 1) return false;
  const first = table.read(1);
  if (self.container.podUid === undefined) return true;
  return first === undefined || !isSameContainer(first, self);
}

function isSameContainer(one: Process, other: Process): boolean {
  return one.container.id !== undefined && one.container.id === other.container.id;
}

/**
 * Processes that rehup never acts on: itself, PID 1 (pause, whose end is the end of the pod), and
 * all of its own container. Outside of a pod, containers cannot be told apart for certain; there it
 * is itself, its ancestors and its children.
 */
export function isOffLimits(candidate: Process, self: Self, all: readonly Process[]): boolean {
  if (candidate.pid === 1 || candidate.pid === self.process.pid) return true;
  if (self.inPod) return isSameContainer(candidate, self.process);
  return isAncestor(candidate, self.process, all) || isAncestor(self.process, candidate, all);
}

/** What runtimes call their own process before it becomes that of the container. */
const RUNTIME_STAGE = /^(?:runc|youki):\[\d:/;

/**
 * The runtime has made the process, and has yet to put it into its container. Until then it shows the
 * mounts of the node, which hold those of every pod, or of its container without the last ones; and
 * runc, a Go program, seems to take every signal. Which container it is for cannot be told.
 */
export function isBeingMade(
  { comm, container, mounts }: Process,
  { process, inPod }: Self,
): boolean {
  if (!inPod || process.container.name === undefined) return false;
  // Without any, nobody may look at its mounts, and there is nothing to go by.
  return RUNTIME_STAGE.test(comm) || (container.name === undefined && mounts.length > 0);
}

export function isAncestor(above: Process, below: Process, all: readonly Process[]): boolean {
  return ancestorsOf(below, parentsOf(all)).includes(above.pid);
}

export function parentsOf(all: readonly Process[]): ReadonlyMap<number, number> {
  return new Map(all.map(({ pid, ppid }) => [pid, ppid]));
}

/** The pids above a process. In a table that is read while it changes, parents may form a circle. */
export function ancestorsOf(
  { pid, ppid }: Process,
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
