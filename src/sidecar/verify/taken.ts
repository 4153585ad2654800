import type { Clock } from '../../system/clock.ts';
import type { Failure } from '../outcome.ts';
import { hasSignal } from '../../system/proc/status.ts';
import { describeProcess } from '../target/containers.ts';
import { CannotLook, type Process, type ProcessTable } from '../target/processes.ts';

const LOOK_EVERY_MS = 10;

export type TakenParts = {
  clock: Clock;
  table: ProcessTable;
  /** How long a target may take, in milliseconds. */
  timeoutMs: number;
};

/**
 * Waits until each target has taken the signal. One that is stopped or blocks it does so later, and
 * reads what is there then: until it has, nobody knows what it holds.
 */
export async function awaitTaken(
  targets: readonly Process[],
  sent: number,
  { clock, table, timeoutMs }: TakenParts,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const startMs = clock.elapsed();
  for (;;) {
    const late = targets.find((target) => isPending(table, target, sent));
    if (late === undefined) return undefined;
    if (clock.elapsed() - startMs >= timeoutMs) return notTaken(late, timeoutMs);
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** Of one that cannot be looked at, nothing is known: that is no failure of the app. */
function isPending(table: ProcessTable, target: Process, sent: number): boolean {
  try {
    const now = table.read(target.pid, target);
    return now?.startedMs === target.startedMs && hasSignal(now.status.signals.pending, sent);
  } catch (error) {
    if (error instanceof CannotLook) return false;
    throw error;
  }
}

function notTaken(target: Process, timeoutMs: number): Failure {
  return {
    outcome: 'unverified',
    unread: true,
    reason: `${describeProcess(target)} has not taken the signal within ${timeoutMs} ms: it is stopped, or blocks it`,
    remedy:
      'look at what the app is doing: one that was stopped (SIGSTOP) goes on with SIGCONT; raise REHUP_TIMEOUT if it is busy for that long',
  };
}
