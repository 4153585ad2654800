import type { Clock } from '../../../system/clock.ts';
import type { Failure } from '../../outcome.ts';
import { byStart, entryProcessOf } from '../../target/containers.ts';
import type { Process, ProcessTable } from '../../target/processes.ts';
import { isSameContainer } from '../../target/container.ts';
import { isSameRun } from '../../target/run-of.ts';
import { isBeingMade, type Self } from '../../target/self.ts';

const LOOK_EVERY_MS = 50;

export type SuccessorInput = {
  /** From the end of the old process to the start of the new one. */
  timeoutMs: number;
  /** Age at which the new process counts as up. */
  surviveMs: number;
  table: ProcessTable;
  self: Self;
  clock: Clock;
};

/** What was ended. */
export type Ended = {
  entry: Process;
  /** It was there until then, on `Clock.uptime`. */
  afterMs: number;
};

/** The kubelet has started the container anew, and its new main process has lived for a while. */
export async function awaitSuccessor(
  { clock, table, self, timeoutMs, surviveMs }: SuccessorInput,
  ended: Ended,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const deadlineMs = clock.elapsed() + timeoutMs;
  let came = false;
  for (;;) {
    const made = table.list().filter((process) => !isBeingMade(process, self));
    const next = findSuccessor(ended, made);
    came ||= next !== undefined;
    if (next !== undefined && clock.uptime() - next.startedMs >= surviveMs) return undefined;
    if (clock.elapsed() >= deadlineMs) {
      return notBack(ended.entry.container.name ?? '', timeoutMs, came);
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/**
 * The entry process of a later run of the same container. An exec session of the run that was ended
 * is none, nor one that an earlier run has left behind.
 */
export function findSuccessor(
  { entry, afterMs }: Ended,
  processes: readonly Process[],
): Process | undefined {
  const others = processes.filter(
    (process) => isSameContainer(process.container, entry.container) && !isSameRun(process, entry),
  );
  const runs = Map.groupBy(others, ({ container }) => container.instance);
  const entries = [...runs.values()].flatMap((members) => entryProcessOf(members) ?? []);
  return byStart(entries.filter(({ startedMs }) => startedMs >= afterMs - TICK_MS)).at(-1);
}

/** Start times are cut off to full ticks. */
const TICK_MS = 10;

function notBack(container: string, timeoutMs: number, came: boolean): Failure {
  if (came) {
    return {
      outcome: 'target-died',
      reason: `container ${container} was started again, but did not stay up within ${timeoutMs} ms`,
      remedy: `look at the log of its last run: kubectl logs <pod> -c ${container} --previous`,
    };
  }
  return {
    outcome: 'timed-out',
    reason: `container ${container} was not started again within ${timeoutMs} ms`,
    remedy:
      'a restart needs restartPolicy: Always in the pod spec (with Never and OnFailure the pod ends, as in a Job); else raise REHUP_RESTART_TIMEOUT: the kubelet backs off for up to 5 m',
  };
}
