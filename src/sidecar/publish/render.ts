import type { CommandLine } from '../../config/parse-command.ts';
import { toEnvironment, toJson } from '../exec/describe-change.ts';
import { toFailure } from '../exec/failure.ts';
import type { OnOutput } from '../exec/output.ts';
import { runCommand } from '../exec/run.ts';
import type { Failure } from '../outcome.ts';
import type { ContentRequest } from '../snapshot/content-request.ts';
import { BadOutput, readOutput } from './output.ts';
import type { Publisher } from './publisher.ts';

export type Rendering = {
  command: CommandLine;
  timeoutMs: number;
  rule?: string | undefined;
  onOutput: OnOutput;
};

/**
 * Lets a program make of what is staged what is published: it reads one directory, and writes another one,
 * which is empty. What it wrote is copied, so that nothing it may have left running can write to it.
 *
 * @returns The name of a generation in the place of the one that was staged, which is gone; or why there is none.
 */
export async function renderStaged(
  publisher: Publisher,
  staged: string,
  rendering: Rendering,
  request: ContentRequest,
  signal: AbortSignal,
): Promise<string | Failure> {
  const made: string[] = [];
  try {
    const output = await publisher.stage([], [staged]);
    made.push(output);
    const directories = { in: publisher.place(staged), out: publisher.place(output) };
    const failure = await run(directories, rendering, request, signal);
    if (failure) return failure;
    // Before there is a copy: a disk holds four of them at a time.
    publisher.discard(staged);
    return await publisher.stage(readOutput(directories.out), [output]);
  } catch (error) {
    if (error instanceof BadOutput) return refused(rendering.command, error.message);
    throw error;
  } finally {
    for (const name of [staged, ...made]) publisher.discard(name);
  }
}

type Directories = { in: string; out: string };

async function run(
  directories: Directories,
  { command, timeoutMs, rule, onOutput }: Rendering,
  request: ContentRequest,
  signal: AbortSignal,
): Promise<Failure | undefined> {
  const described = { ...request, rule };
  const result = await runCommand(
    {
      command: withDirectories(command, directories),
      env: toEnvironment(described),
      stdin: toJson(described),
      timeoutMs,
      onOutput,
    },
    signal,
  );
  if (result.kind === 'exited' && result.code !== 0) {
    return refused(command, `it ended with exit code ${result.code}`);
  }
  return toFailure(result, { command, variable: 'REHUP_RENDER', timeoutMs });
}

/** Where the command names them; otherwise they are its last arguments, as that of a check is. */
function withDirectories([program, ...args]: CommandLine, paths: Directories): CommandLine {
  const places = /\{\{(in|out)\}\}/g;
  if (!args.some((arg) => arg.search(places) !== -1))
    return [program, ...args, paths.in, paths.out];
  const put = (arg: string): string =>
    arg.replaceAll(places, (_, name: keyof Directories) => paths[name]);
  return [program, ...args.map(put)];
}

function refused([program]: CommandLine, reason: string): Failure {
  return {
    outcome: 'held',
    reason: `${program} (REHUP_RENDER) made nothing of the content: ${reason}`,
    remedy:
      'look at the lines "command output" before this one, and correct the content or the program',
  };
}
