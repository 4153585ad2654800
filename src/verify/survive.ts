import type { Clock } from '../clock.ts';
import type { Failure } from '../outcome.ts';
import { describeProcess } from '../target/containers.ts';
import { isAlive, type Process, type ProcessTable } from '../target/processes.ts';

const LOOK_EVERY_MS = 50;

/** Watches the targets live on for `surviveMs`; the first death ends the watch. */
export async function watchSurvival(
  targets: readonly Process[],
  surviveMs: number,
  { clock, table }: { clock: Clock; table: ProcessTable },
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const startMs = clock.elapsed();
  for (;;) {
    const leftMs = startMs + surviveMs - clock.elapsed();
    if (leftMs <= 0) return undefined;
    await clock.sleep(Math.min(LOOK_EVERY_MS, leftMs), signal);
    const dead = targets.find((target) => !isAlive(table, target));
    if (dead) return died(dead, clock.elapsed() - startMs);
  }
}

function died(target: Process, afterMs: number): Failure {
  return {
    outcome: 'target-died',
    reason: `${describeProcess(target)} died ${Math.round(afterMs)} ms after the reload`,
    remedy: 'look at the log of its last run: kubectl logs <pod> -c <container> --previous',
  };
}
