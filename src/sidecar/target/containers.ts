import { INIT_WRAPPERS, type Process } from './processes.ts';
import { ancestorsOf, parentsOf } from './self.ts';

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

/**
 * The app of one container: its entry process, or the child of an init wrapper, which passes signals
 * on without asking its child for a handler.
 */
export function entryOf(members: readonly Process[]): Process | undefined {
  const entry = entryProcessOf(members);
  if (entry === undefined || !INIT_WRAPPERS.includes(entry.comm)) return entry;
  const [child] = byStart(members.filter(({ ppid }) => ppid === entry.pid));
  return child ?? entry;
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
