import type { Clock } from '../clock.ts';
import type { Settings } from '../config/options.ts';
import type { ProcessTable } from '../target/processes.ts';
import type { Self } from '../target/self.ts';
import type { Action } from './action.ts';
import { createHttpAction } from './http.ts';
import { createSignalAction } from './signal.ts';

export type ActionParts = { table: ProcessTable; self: Self; clock: Clock };

/** The one choice among the ways to act. That only one is configured was checked before. */
export function createAction(settings: Settings, { table, self }: ActionParts): Action {
  const { url, method, header: headers = [], body, success, timeout: timeoutMs } = settings;
  if (url !== undefined) {
    return createHttpAction({ url, method, headers, body, success, timeoutMs });
  }
  const { signal, requireHandler } = settings;
  return createSignalAction({ signal, requireHandler, table, self, kill: sendSignal });
}

function sendSignal(pid: number, signal: number): void {
  process.kill(pid, signal);
}
