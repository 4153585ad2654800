import type { Clock } from '../../system/clock.ts';
import type { Failure } from '../outcome.ts';
import { describeProcess } from '../target/containers.ts';
import { CannotLook, isAlive, type Process, type ProcessTable } from '../target/processes.ts';

/** Most that die of a reload do so at once; each look costs all who live. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 400;

export type SurvivalParts = {
  clock: Clock;
  table: ProcessTable;
  /** Whether another proof is being waited for: the watch goes on as long. */
  isWaiting?: () => boolean;
  /** The signal that was sent to them, if one was. */
  sent?: number | undefined;
};

/** Watches the targets live on for `surviveMs`, or longer; the first death ends the watch. */
export async function watchSurvival(
  targets: readonly Process[],
  surviveMs: number,
  { clock, table, isWaiting = () => false, sent }: SurvivalParts,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  if (targets.length === 0 || surviveMs === 0) return undefined;
  const startMs = clock.elapsed();
  let pauseMs = FIRST_PAUSE_MS;
  for (;;) {
    const leftMs = startMs + surviveMs - clock.elapsed();
    if (leftMs <= 0 && !isWaiting()) return undefined;
    await clock.sleep(leftMs > 0 ? Math.min(pauseMs, leftMs) : pauseMs, signal);
    pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    const dead = targets.find((target) => isSeenDead(table, target));
    if (dead) return died(dead, clock.elapsed() - startMs, sent);
  }
}

function isSeenDead(table: ProcessTable, target: Process): boolean {
  try {
    return !isAlive(table, target);
  } catch (error) {
    if (error instanceof CannotLook) return false;
    throw error;
  }
}

function died(target: Process, afterMs: number, sent: number | undefined): Failure {
  const log = `look at the log of its last run: kubectl logs <pod> -c ${target.container.name ?? '<container>'} --previous`;
  const suspect =
    'the signal itself is the first suspect (a JVM without -Xrs, a Go program without signal.Notify, puma at its defaults end at it), and is not sent again if the app lives on with this content: see REHUP_SIGNAL, REHUP_URL, REHUP_RESTART';
  return {
    outcome: 'target-died',
    reason: `${describeProcess(target)} died ${Math.round(afterMs)} ms after the reload`,
    remedy: sent === undefined ? log : `${log}; ${suspect}`,
    endedPid: target.pid,
  };
}
