import { isContainerId } from '../../system/proc/cgroup.ts';
import type { MountEntry } from '../../system/proc/mountinfo.ts';
import type { Container } from './container.ts';
import type { Process } from './process.ts';

/**
 * A process that has changed its root (chroot(2): unbound, named -t, postfix) shows the mounts below
 * that alone, and no termination log. It is in the container of a relative: one that shows all of these
 * mounts, too, and so is in the same mount namespace; one in the same cgroup; or the process that it
 * descends from. Gives each such process the container of its relative; others stay as they are.
 */
export function placeRelatives(processes: readonly Process[]): Process[] {
  const nameless = processes.filter(({ container }) => container.name === undefined);
  if (nameless.length === 0 || nameless.length === processes.length) return [...processes];
  const byMount = new Map<number, Shown>();
  const byCgroup = new Map<string, Container | 'several'>();
  const byPid = new Map<number, Process>();
  for (const process of processes) byPid.set(process.pid, process);
  const seen = new Set<Process['mounts']>();
  for (const { container, mounts, cgroupId } of processes) {
    if (container.name === undefined) continue;
    const known = byCgroup.get(cgroupId ?? '');
    if (cgroupId !== undefined && isContainerId(cgroupId)) {
      const isOther = known !== undefined && known !== 'several' && known.id !== container.id;
      byCgroup.set(cgroupId, isOther || known === 'several' ? 'several' : container);
    }
    if (seen.has(mounts)) continue;
    seen.add(mounts);
    for (const mount of mounts)
      if (mount.id !== undefined) byMount.set(mount.id, { container, mount });
  }
  const find = (process: Process): Container | undefined => {
    // That of the sandbox, whose mounts come and go on the node, and with them their numbers.
    if (process.pid === 1) return undefined;
    const shower = whoShows(process.mounts, byMount);
    if (shower !== undefined) return shower;
    const sameCgroup = byCgroup.get(process.cgroupId ?? '');
    if (sameCgroup !== undefined && sameCgroup !== 'several') return sameCgroup;
    return hasOtherRoot(process) ? parentIn(process, byPid) : undefined;
  };
  return processes.map((process) => {
    if (process.container.name !== undefined) return process;
    const container = find(process) ?? standAlone(process, byPid);
    return container === undefined ? process : { ...process, container };
  });
}

type Shown = { container: Container; mount: MountEntry };

/**
 * One number says nothing: the kernel gives that of a mount that has gone to the next one, while the
 * table is read, too. Below another root there is nothing that does not show from the first one.
 */
function whoShows(
  mounts: readonly MountEntry[],
  byMount: ReadonlyMap<number, Shown>,
): Container | undefined {
  const showers = mounts.map(({ id, device, root }) => {
    const shown = id === undefined ? undefined : byMount.get(id);
    const isSame = shown?.mount.device === device && shown.mount.root === root;
    return isSame ? shown.container : undefined;
  });
  const [first] = showers;
  return showers.every((shower) => shower?.id === first?.id) ? first : undefined;
}

/**
 * Nothing but what lies below another root shows: a container, and what the runtime is about to put
 * into one, have a `/proc` mounted at `/proc`. Nothing at all shows where nothing is mounted there.
 */
export function hasOtherRoot({ mounts, pid }: Pick<Process, 'mounts' | 'pid'>): boolean {
  return (
    pid !== 1 &&
    !mounts.some(({ mountPoint, fsType }) => mountPoint === '/proc' && fsType === 'proc')
  );
}

/** A child is in the container of its parent, unless a runtime has put it elsewhere. */
function parentIn(process: Process, byPid: ReadonlyMap<number, Process>): Container | undefined {
  const seen = new Set<number>();
  let above = byPid.get(process.ppid);
  while (above !== undefined && !seen.has(above.pid)) {
    if (above.container.name !== undefined) return above.container;
    if (!hasOtherRoot(above)) return undefined;
    seen.add(above.pid);
    above = byPid.get(above.ppid);
  }
  return undefined;
}

/** Of a container in which all have another root, the name does not show: the topmost stands for it. */
function standAlone(process: Process, byPid: ReadonlyMap<number, Process>): Container | undefined {
  const { id } = process.container;
  if (!hasOtherRoot(process) || (id !== undefined && isContainerId(id))) return undefined;
  let top = process;
  const seen = new Set([top.pid]);
  for (;;) {
    const above = byPid.get(top.ppid);
    if (above === undefined || !hasOtherRoot(above) || seen.has(above.pid)) break;
    seen.add(above.pid);
    top = above;
  }
  return { ...process.container, id: `chroot of ${top.pid}` };
}
