import { isUnlinked } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { Watched } from './resolution.ts';
import { describeProcess } from './containers.ts';
import type { Process } from './process.ts';
import { mountsOf } from './use.ts';

/** A target that still has the directory of a volume that the kubelet gave up: there is nothing in it to read. */
export function findTornDown(
  targets: readonly Process[],
  watched: readonly Watched[],
): Failure | undefined {
  for (const target of targets) {
    const gone = watched.find(({ volume }) => hasLost(target, volume));
    if (gone !== undefined) return tornDown(target, gone);
  }
  return undefined;
}

function hasLost(target: Process, volume: Watched['volume']): boolean {
  return mountsOf(target, volume).some((theirs) => !theirs.subPath && isUnlinked(theirs));
}

function tornDown(target: Process, { path }: Watched): Failure {
  return {
    outcome: 'not-ready',
    check: 'volume-torn-down',
    restartHelps: true,
    reason: `the kubelet removed the volume at ${path} and set it up again, which ${describeProcess(target)} never sees: a reload would find nothing there`,
    remedy: 'replace the pod: kubectl delete pod <pod>',
  };
}
