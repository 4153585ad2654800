import type { ReloadRequest } from '../../../../src/sidecar/act/action.ts';
import { createExecAction } from '../../../../src/sidecar/act/exec.ts';
import type { CommandLine } from '../../../../src/config/parse-command.ts';
import type { OutputLine } from '../../../../src/sidecar/exec/output.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';

export type Run = { failure: Failure | undefined; lines: readonly OutputLine[]; text: string };

export type RunOptions = {
  timeoutMs?: number;
  signal?: AbortSignal;
  request?: Partial<ReloadRequest>;
};

/** Long enough for a slow machine; no test waits for it to pass. */
const NEVER_MS = 60_000;

/** Carries out the action with a real program. */
export async function runExec(
  command: CommandLine,
  { timeoutMs = NEVER_MS, signal = new AbortController().signal, request = {} }: RunOptions = {},
): Promise<Run> {
  const lines: OutputLine[] = [];
  const action = createExecAction({ command, timeoutMs, onOutput: (line) => lines.push(line) });
  const failure = await action.perform(
    { changes: new Map(), hash: 'abc', targets: [], ...request },
    signal,
  );
  return { failure, lines, text: lines.map(({ text }) => text).join('\n') };
}

/** A Node program, as its text. */
export function script(text: string): CommandLine {
  return [process.execPath, '--input-type=module', '--eval', text];
}
