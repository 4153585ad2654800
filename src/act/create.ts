import type { Clock } from '../clock.ts';
import type { Settings } from '../config/options.ts';
import type { OnOutput } from '../exec/output.ts';
import type { ProcessTable } from '../target/processes.ts';
import type { Escalation } from '../rule/escalation.ts';
import type { Self } from '../target/self.ts';
import type { Action } from './action.ts';
import { createExecAction } from './exec.ts';
import { createHttpAction } from './http.ts';
import { createRestartAction } from './restart.ts';
import { createSignalAction } from './signal.ts';

export type ActionParts = {
  table: ProcessTable;
  self: Self;
  clock: Clock;
  /** The name of the rule that acts. */
  rule: string;
  /** Takes the lines that a command writes. */
  onOutput: OnOutput;
};

/** The one choice among the ways to act. That only one is configured was checked before. */
export function createAction(settings: Settings, parts: ActionParts): Action {
  const { table, self } = parts;
  const { url: urls, timeout: timeoutMs } = settings;
  if (urls !== undefined) return createHttpAction({ ...settings, urls });
  if (settings.exec !== undefined) {
    const { rule, onOutput } = parts;
    return createExecAction({ command: settings.exec, timeoutMs, rule, onOutput });
  }
  if (settings.restart !== undefined) return createRestart(settings, parts);
  const { signal, requireHandler } = settings;
  return createSignalAction({ signal, requireHandler, table, self, kill: sendSignal });
}

/** The harder action after failures, if one is configured. */
export function createEscalation(settings: Settings, parts: ActionParts): Escalation | undefined {
  const { onFailure } = settings;
  return (
    onFailure && { action: createRestart(settings, parts), afterFailures: onFailure.afterFailures }
  );
}

function createRestart(
  { grace: graceMs, restartTimeout: timeoutMs, survive: surviveMs }: Settings,
  parts: ActionParts,
): Action {
  return createRestartAction({ graceMs, timeoutMs, surviveMs, ...parts, kill: sendSignal });
}

function sendSignal(pid: number, signal: number): void {
  process.kill(pid, signal);
}
