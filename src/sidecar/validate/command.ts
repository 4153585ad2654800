import { realpathSync } from 'node:fs';
import type { ContentRequest } from '../snapshot/content-request.ts';
import type { CommandLine } from '../../config/parse-command.ts';
import { toEnvironment, toJson } from '../exec/describe-change.ts';
import { toFailure } from '../exec/failure.ts';
import type { OnOutput } from '../exec/output.ts';
import { runCommand } from '../exec/run.ts';
import type { Failure } from '../outcome.ts';
import { findDirectory } from './read-content.ts';

export type CommandCheck = {
  command: CommandLine;
  /** For each run. */
  timeoutMs: number;
  rule?: string | undefined;
  onOutput: OnOutput;
};

/** Lets a program judge the content of one mount. What it says goes to the log, not into the reason. */
export async function checkByCommand(
  { command, timeoutMs, rule, onOutput }: CommandCheck,
  path: string,
  request: ContentRequest,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const described = { ...request, rule };
  const result = await runCommand(
    {
      command: [...command, resolveDirectory(path)],
      env: toEnvironment(described),
      stdin: toJson(described),
      timeoutMs,
      onOutput,
    },
    signal,
  );
  if (result.kind !== 'exited') {
    return toFailure(result, { command, variable: 'REHUP_VALIDATE_EXEC', timeoutMs });
  }
  if (result.code === 0) return undefined;
  return {
    outcome: 'invalid',
    reason: `${path}: the check ${command[0]} ended with exit code ${result.code}`,
    remedy:
      'look at the lines "command output" before this one, and correct what it complains of; until then the app keeps its old configuration',
  };
}

/**
 * The directory that holds this generation and no other, so that the program cannot read two of
 * them; a path that is gone by now is left for the program to fail at, and the look after it to find.
 */
function resolveDirectory(path: string): string {
  try {
    return realpathSync(findDirectory(path));
  } catch {
    return path;
  }
}
