import type { CommandLine } from '../../config/parse-command.ts';
import { toEnvironment, toJson } from '../exec/describe-change.ts';
import { toFailure } from '../exec/failure.ts';
import type { OnOutput } from '../exec/output.ts';
import { runCommand } from '../exec/run.ts';
import type { Action } from './action.ts';

export type ExecInput = {
  command: CommandLine;
  timeoutMs: number;
  /** The name of the rule, where there are several. */
  rule?: string | undefined;
  onOutput: OnOutput;
};

/** Reloads the app by a command: its exit code is the outcome. */
export function createExecAction({ command, timeoutMs, rule, onOutput }: ExecInput): Action {
  return {
    kind: 'exec',
    needsTarget: false,
    check: () => undefined,
    perform: async ({ changes, hash, targets }, signal) => {
      const described = { changes, hash, rule, targetPid: targets[0]?.pid };
      const env = toEnvironment(described);
      const stdin = toJson(described);
      const result = await runCommand({ command, env, stdin, timeoutMs, onOutput }, signal);
      return toFailure(result, { command, variable: 'REHUP_EXEC', timeoutMs });
    },
  };
}
