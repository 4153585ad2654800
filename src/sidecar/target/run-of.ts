import { isSameContainer } from './container.ts';
import { entryProcessOf } from './containers.ts';
import type { Process } from './process.ts';

/**
 * One run of a container: from one start by the kubelet to the next. Its processes, and those of exec
 * sessions in it, show its own termination log; what is left of an earlier run shows that one's.
 */
export function isSameRun({ container: one }: Process, { container: other }: Process): boolean {
  return isSameContainer(one, other) && one.instance === other.instance;
}

/**
 * The process whose end is the end of this run: `undefined` if it has ended already, and what is left
 * of the run are exec sessions, which came later.
 */
export function entryProcessOfRun(
  member: Process,
  processes: readonly Process[],
): Process | undefined {
  const entry = entryProcessOf(processes.filter((process) => isSameRun(process, member)));
  return entry !== undefined && entry.startedMs <= member.startedMs ? entry : undefined;
}
