import { isAncestor } from './ancestors.ts';
import { isSameContainer } from './container.ts';
import { hasOtherRoot } from './relatives.ts';
import type { Process, ProcessTable } from './processes.ts';

/** Who rehup is among the processes it sees. */
export type Self = {
  process: Process;
  /** rehup runs in a pod of Kubernetes. */
  inPod: boolean;
  /** The other containers' processes are visible: `shareProcessNamespace: true` is in force. */
  sharesProcesses: boolean;
  /** The node's processes are visible, and those of other pods with them (`hostPID`). */
  seesNode: boolean;
};

export function readSelf(table: ProcessTable, pid = process.pid): Self {
  const self = table.read(pid);
  if (self === undefined) throw new Error(`/proc/${pid} cannot be read`);
  return {
    process: self,
    inPod: self.container.podUid !== undefined,
    sharesProcesses: shares(table, self),
    seesNode: self.container.podUid !== undefined && isRuntimeInView(table, self),
  };
}

/**
 * In a PID namespace of the pod, what the runtime starts has its parent outside (PPid 0), entry process
 * and exec session alike. Where the parent shows, so does the runtime, and all that is on the node.
 */
function isRuntimeInView(table: ProcessTable, self: Process): boolean {
  let top = self;
  const seen = new Set<number>();
  while (top.ppid > 0 && !seen.has(top.pid)) {
    seen.add(top.pid);
    const above = table.read(top.ppid);
    if (above === undefined || !isSameContainer(above.container, self.container)) return true;
    top = above;
  }
  return false;
}

/** In a shared PID namespace, PID 1 is the sandbox's `pause`, which is of no container. */
function shares(table: ProcessTable, self: Process): boolean {
  if (self.pid === 1) return false;
  const first = table.read(1);
  if (self.container.podUid === undefined) return true;
  return first === undefined || !isSameContainer(first.container, self.container);
}

/**
 * Processes that rehup never acts on: itself, PID 1 (pause, whose end is the end of the pod), all of
 * its own container, and all that are not of its pod. Outside of a pod, containers cannot be told apart
 * for certain; there it is itself, its ancestors and its children, and what is in a pod.
 */
export function isOffLimits(candidate: Process, self: Self, all: readonly Process[]): boolean {
  if (candidate.pid === self.process.pid || isPause(candidate, self)) return true;
  if (!isOfOwnPod(candidate, self)) return true;
  if (self.inPod) return isSameContainer(candidate.container, self.process.container);
  return isAncestor(candidate, self.process, all) || isAncestor(self.process, candidate, all);
}

/** Without a `pause`, PID 1 is the entry process of a container, which has a name. */
function isPause({ pid, container }: Process, { inPod }: Self): boolean {
  return pid === 1 && !(inPod && container.name !== undefined);
}

/**
 * Proved by its mounts or its cgroup. In a PID namespace of the pod, there is nobody else. Where the
 * node's processes are visible, one that does not show its pod may be anybody's.
 */
export function isOfOwnPod({ container }: Process, { process, inPod, seesNode }: Self): boolean {
  const { podUid, isBesideOwn } = container;
  if (podUid !== undefined) return podUid === process.container.podUid;
  return !inPod || !seesNode || isBesideOwn;
}

/** What runtimes call their own process before it becomes that of the container. */
const RUNTIME_STAGE = /^(?:runc|youki):\[\d:/;

/**
 * The runtime has made the process, and has yet to put it into its container. Until then it shows the
 * mounts of the node, which hold those of every pod, or of its container without the last ones; and
 * runc, a Go program, seems to take every signal. Which container it is for cannot be told.
 */
export function isBeingMade(candidate: Process, { process, inPod }: Self): boolean {
  if (!inPod || process.container.name === undefined) return false;
  const { comm, container } = candidate;
  return RUNTIME_STAGE.test(comm) || (container.name === undefined && !hasOtherRoot(candidate));
}
