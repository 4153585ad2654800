import type { Clock } from '../../system/clock.ts';
import { readSandboxStart } from '../mount/own.ts';
import type { Watched } from './auto.ts';
import type { TargetSpec } from '../../config/target-spec.ts';
import { readPidfile } from './pidfile.ts';
import { CannotLook, type ProcessTable } from './processes.ts';
import { type Resolution, type Select, type SelectInput, selectTargets } from './select.ts';
import type { Self } from './self.ts';
import { createWrittenBy, type WrittenBy } from './written.ts';

/** Finds the targets anew at each call, for the volumes at these paths. */
export type Resolve = (watched: readonly Watched[]) => Resolution;

export type ResolverInput = {
  spec: TargetSpec;
  select: Select;
  signal: number | undefined;
  subPath: SelectInput['subPath'];
  table: ProcessTable;
  self: Self;
  clock: Clock;
};

export function createResolver({ table, clock, ...rest }: ResolverInput): Resolve {
  const writtenBy = createWrittenBy(clock, () => readPodBoot(table, rest.self));
  const resolve: Resolve = (watched) => {
    const pidfile =
      rest.spec.by === 'pidfile' ? readFresh(rest.spec.path, table, writtenBy) : undefined;
    return selectTargets({
      ...rest,
      watched,
      processes: BY_CONTAINER.includes(rest.spec.by)
        ? table.list({ workers: 'as-read-last' })
        : table.list(),
      ...(pidfile && { pidfile }),
    });
  };
  return (watched) => {
    try {
      return resolve(watched);
    } catch (error) {
      if (error instanceof CannotLook) return { failure: error.failure };
      throw error;
    }
  };
}

/** These look for what a container runs; the others for any process, which may have become another program. */
const BY_CONTAINER: readonly TargetSpec['by'][] = ['auto', 'container'];

/** A process that started after the file was written has got a pid that was used before. */
function readFresh(
  path: string,
  table: ProcessTable,
  writtenBy: WrittenBy,
): SelectInput['pidfile'] {
  const reading = readPidfile(path);
  if ('reason' in reading) return reading;
  const stat = table.stat(reading.pid);
  if (stat !== undefined && stat.startedMs > writtenBy(reading.writtenAtMs) + TOLERANCE_MS) {
    return { reason: `${path} is stale: the process that it names started after it was written` };
  }
  return reading;
}

/** The two times come from different clocks and files. */
const TOLERANCE_MS = 1000;

/**
 * The wall clock at boot as of the start of the pod: its first process is `pause`, and its host name was
 * written just before that was started.
 */
function readPodBoot(table: ProcessTable, self: Self): number | undefined {
  if (!self.inPod || !self.sharesProcesses) return undefined;
  const writtenAtMs = readSandboxStart();
  const first = table.stat(1);
  return first && writtenAtMs !== undefined ? writtenAtMs - first.startedMs : undefined;
}
