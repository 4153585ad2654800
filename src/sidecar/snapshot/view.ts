import type { Counts } from '../../config/globs.ts';
import type { Clock } from '../../system/clock.ts';
import type { Mount } from '../mount/mount.ts';
import type { MountProblem } from './problem.ts';
import { readMount } from './read-mount.ts';
import type { Snapshot } from './snapshot.ts';

/** A mount as it was read; times on `Clock.uptime`, but for `bootAtMs`. */
export type Reading = {
  snapshot: Snapshot;
  readAtMs: number;
  nowMs: number;
  /** Wall clock at boot. */
  bootAtMs: number;
};

/** Readings by mount path. A mount that cannot be read now is not in it. */
export type View = ReadonlyMap<string, Reading>;

export type ViewReader = {
  /** Reads every mount. One that cannot be read is left out and reported, once per kind of problem. */
  read: (signal: AbortSignal) => Promise<{ view: View; unread: boolean }>;
  /** Every mount that has to be there has been read at least once. */
  hasReadAll: () => boolean;
};

export type ViewReaderParts = {
  clock: Clock;
  /** Told once of each kind of problem, and with `undefined` when it is over. */
  onProblem: (mount: string, problem: MountProblem | undefined) => void;
  /** The keys that any rule is about; all of them, if not given. */
  counts?: Counts;
};

export function createViewReader(
  mounts: readonly Mount[],
  { clock, onProblem, counts }: ViewReaderParts,
): ViewReader {
  const problems = new Map<string, MountProblem['kind']>();
  const read = new Set<string>();

  const report = (mount: string, problem: MountProblem | undefined): void => {
    const before = problems.get(mount);
    if (problem === undefined) {
      problems.delete(mount);
      if (before !== undefined) onProblem(mount, undefined);
    } else {
      problems.set(mount, problem.kind);
      if (before !== problem.kind) onProblem(mount, problem);
    }
  };

  return {
    hasReadAll: () => mounts.every(({ path, isOptional }) => isOptional === true || read.has(path)),
    read: async (signal) => {
      const view = new Map<string, Reading>();
      for (const mount of mounts) {
        const readAtMs = clock.uptime();
        const reading = await readMount(mount, clock, { signal, counts });
        const problem = 'problem' in reading ? reading.problem : undefined;
        report(mount.path, isNotYet(mount, problem) ? undefined : problem);
        if ('problem' in reading) continue;
        const nowMs = clock.uptime();
        const { snapshot } = reading;
        read.add(mount.path);
        view.set(mount.path, { snapshot, readAtMs, nowMs, bootAtMs: clock.now() - nowMs });
      }
      return { view, unread: problems.size > 0 };
    },
  };
}

/** What rehup itself is to bring, and need not be there, is no problem of anybody. */
function isNotYet({ isOptional, isDelivered }: Mount, problem: MountProblem | undefined): boolean {
  return isOptional === true && isDelivered === true && problem?.kind === 'absent';
}
