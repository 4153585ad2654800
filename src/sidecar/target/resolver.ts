import type { TargetSpec } from '../../config/target-spec.ts';
import type { Clock } from '../../system/clock.ts';
import type { Failure } from '../outcome.ts';
import type { Watched } from './resolution.ts';
import { createInitContainers } from './init-containers.ts';
import { readSandboxStart } from '../mount/own.ts';
import { readPidfile } from './pidfile.ts';
import { CannotLook, type Process, type ProcessTable, type When } from './processes.ts';
import type { FoundTargets, Resolution, Select, SelectInput } from './resolution.ts';
import { selectTargets } from './select.ts';
import type { Self } from './self.ts';
import { createWrittenBy, type WrittenBy } from './written.ts';

/**
 * Finds the targets anew at each call, for the volumes at these paths.
 *
 * @param when `lately`, for who acts on nobody: among the processes as they were a moment ago.
 */
export type Resolve = (watched: readonly Watched[], when?: When) => Resolution;

export type ResolverInput = {
  spec: TargetSpec;
  select: Select;
  signal: number | undefined;
  subPath: SelectInput['subPath'];
  table: ProcessTable;
  self: Self;
  clock: Clock;
};

/**
 * Reads as little of the process table as the specification takes, and has the targets selected from it:
 * of a pid file one process and those above it, else all, where workers that have not changed are not
 * read again. What is not found among these is looked for once more in a table that is read again.
 */
export function createResolver(input: ResolverInput): Resolve {
  const { table, clock, self, ...rest } = input;
  const { spec, signal } = rest;
  const writtenBy = createWrittenBy(clock, () => readPodBoot(table, self));
  const initContainers = createInitContainers(self);
  const select = (
    watched: readonly Watched[],
    processes: readonly Process[],
    pidfile?: SelectInput['pidfile'],
  ): Resolution =>
    selectTargets({ ...rest, self, watched, processes, ...(pidfile && { pidfile }) });
  const byPidfile = (path: string, watched: readonly Watched[]): [Resolution, Process[]] => {
    const pidfile = readFresh(path, table, writtenBy);
    const all = 'pid' in pidfile ? readLine(table, self, pidfile.pid) : [];
    return [select(watched, all, pidfile), all];
  };
  const byTable = (watched: readonly Watched[], when: When): [Resolution, Process[]] => {
    const workers = BY_CONTAINER.includes(spec.by) ? 'as-read-last' : 'settled';
    const all = table.list({ workers, when });
    const resolution = select(watched, all);
    if ('targets' in resolution || BY_CONTAINER.includes(spec.by)) return [resolution, all];
    const anew = table.list({ when });
    return [select(watched, anew), anew];
  };
  const withObstacles = (found: FoundTargets, all: readonly Process[]): FoundTargets => {
    // Who names the container has told that it is no init container.
    if (spec.by === 'container') return found;
    const look = { signal, uptimeMs: clock.uptime() };
    const obstacleTo = (target: Process): Failure | undefined => {
      const failure = initContainers.obstacleTo(target, { ...look, processes: all });
      // What speaks against it may be about others than these few.
      return failure && spec.by === 'pidfile'
        ? initContainers.obstacleTo(target, { ...look, processes: table.list() })
        : failure;
    };
    const obstacles = found.targets.flatMap((target) => {
      const failure = obstacleTo(target);
      return failure === undefined ? [] : [[target.pid, failure] as const];
    });
    return obstacles.length === 0 ? found : { ...found, obstacles: new Map(obstacles) };
  };
  return (watched, when = 'now') => {
    try {
      const [resolution, all] =
        spec.by === 'pidfile' ? byPidfile(spec.path, watched) : byTable(watched, when);
      return 'failure' in resolution ? resolution : withObstacles(resolution, all);
    } catch (error) {
      if (error instanceof CannotLook) return { failure: error.failure };
      throw error;
    }
  };
}

/** These look for what a container runs; the others for any process, which may have become another program. */
const BY_CONTAINER: readonly TargetSpec['by'][] = ['auto', 'container'];

/** The process, rehup itself, and all that are above either. */
function readLine(table: ProcessTable, self: Self, pid: number): Process[] {
  const read = new Map<number, Process>();
  for (const start of [pid, self.process.pid]) {
    let next = start;
    while (next > 0 && !read.has(next)) {
      const one = table.read(next);
      if (one === undefined) break;
      read.set(next, one);
      next = one.ppid;
    }
  }
  const line = [...read.values()];
  // One that has changed its root is known by its relatives.
  const isNameless = self.inPod && read.get(pid)?.container.name === undefined;
  return isNameless ? table.list() : line;
}

/** A process that started after the file was written has got a pid that was used before. */
function readFresh(
  path: string,
  table: ProcessTable,
  writtenBy: WrittenBy,
): NonNullable<SelectInput['pidfile']> {
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
  if (!self.inPod || !self.sharesProcesses || self.seesNode) return undefined;
  const writtenAtMs = readSandboxStart();
  const first = table.stat(1);
  return first && writtenAtMs !== undefined ? writtenAtMs - first.startedMs : undefined;
}
