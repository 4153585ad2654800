import { ancestorsOf, parentsOf } from './ancestors.ts';
import { isSameContainer } from './container.ts';
import type { Process } from './process.ts';

/** Processes by container; those of no known container are left out. */
export function groupByContainer(processes: readonly Process[]): Map<string, Process[]> {
  const groups = new Map<string, Process[]>();
  for (const process of processes) {
    const { id } = process.container;
    if (id === undefined) continue;
    const members = groups.get(id);
    if (members === undefined) groups.set(id, [process]);
    else members.push(process);
  }
  return groups;
}

/**
 * The process whose end is the end of the container. Its parent is the runtime's shim, outside of
 * the PID namespace (PPid 0), as is that of `kubectl exec` sessions and exec probes: the first
 * started is the one.
 */
export function entryProcessOf(members: readonly Process[]): Process | undefined {
  return byStart(members.filter(({ ppid }) => ppid === 0))[0];
}

/** The run that a member belongs to: those of an earlier one of the same container are no part of it. */
export function membersOfRun(member: Process, all: readonly Process[]): Process[] {
  const { id } = member.container;
  return id === undefined ? [member] : all.filter(({ container }) => container.id === id);
}

/** Of each container, the run that started last: what is left of the one before ends by itself. */
export function currentRuns(processes: readonly Process[]): Process[][] {
  const current: { members: Process[]; entry: Process }[] = [];
  for (const members of groupByContainer(processes).values()) {
    const entry = entryProcessOf(members);
    if (entry === undefined) continue;
    const other = current.find((one) => isSameContainer(one.entry.container, entry.container));
    if (other === undefined) current.push({ members, entry });
    else if (entry.startedMs > other.entry.startedMs) Object.assign(other, { members, entry });
  }
  return current.map(({ members }) => members);
}

/**
 * Processes that `kubectl exec` or an exec probe brought into a container: another process than the
 * entry came into it from outside. An orphan is not one of them: its parent is PID 1.
 */
export function findSessions(all: readonly Process[]): ReadonlySet<number> {
  const parents = parentsOf(all);
  const sessions = new Set<number>();
  for (const members of groupByContainer(all).values()) {
    const entry = entryProcessOf(members);
    const visitors = members.filter(({ pid, ppid }) => ppid === 0 && pid !== entry?.pid);
    const pids = new Set(visitors.map(({ pid }) => pid));
    for (const member of members) {
      const came =
        pids.has(member.pid) || ancestorsOf(member, parents).some((pid) => pids.has(pid));
      if (came) sessions.add(member.pid);
    }
  }
  return sessions;
}

/** The first started comes first. */
export function byStart(processes: readonly Process[]): Process[] {
  return processes.toSorted((one, other) => one.startedMs - other.startedMs || one.pid - other.pid);
}

/** Of a master and its workers, the master: descendants of another match are not counted. */
export function withoutDescendants(found: readonly Process[], all: readonly Process[]): Process[] {
  const parents = parentsOf(all);
  const pids = new Set(found.map(({ pid }) => pid));
  return found.filter((process) => !ancestorsOf(process, parents).some((pid) => pids.has(pid)));
}

export function describeProcess({ pid, comm, container }: Process): string {
  return container.name === undefined ? `${comm} (${pid})` : `${container.name}/${comm} (${pid})`;
}

/** Of many, the first: a process may have made hundreds like itself. */
const LISTED = 20;

export function listProcesses(processes: readonly Process[]): string {
  const more = processes.length - LISTED;
  const shown = processes.slice(0, LISTED).map(describeProcess).join(', ');
  return more > 0 ? `${shown} and ${more} more` : shown;
}

export function listContainers(processes: readonly Process[]): string {
  const names = new Set(processes.flatMap(({ container }) => container.name ?? []));
  return names.size === 0 ? 'none' : [...names].toSorted().join(', ');
}
