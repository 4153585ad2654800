import { existsSync } from 'node:fs';
import type { CommandLine } from '../../config/parse-command.ts';
import type { Failure } from '../outcome.ts';
import { RAISE_LIMITS } from '../../system/out-of-resources.ts';
import type { RunResult } from './run.ts';

export type FailureInput = {
  command: CommandLine;
  /** The option by which the command is configured. */
  variable: 'REHUP_EXEC' | 'REHUP_VALIDATE_EXEC' | 'REHUP_RENDER' | 'REHUP_HOLD_WHILE';
  timeoutMs: number;
};

/** What a run came to; `undefined` for success. Arguments are not shown: they may hold secrets. */
export function toFailure(result: RunResult, input: FailureInput): Failure | undefined {
  const [program] = input.command;
  switch (result.kind) {
    case 'exited':
      return result.code === 0 ? undefined : failed(program, `ended with exit code ${result.code}`);
    case 'killed':
      return failed(program, `was killed by ${result.signal}`);
    case 'timed-out':
      return {
        outcome: 'timed-out',
        reason: `the command ${program} did not end within ${input.timeoutMs} ms, and was killed with all it had started`,
        remedy: 'raise REHUP_TIMEOUT if the command takes this long',
      };
    case 'not-started':
      return { outcome: 'rejected', check: 'exec-not-found', ...explainStart(result.code, input) };
    default:
      return result satisfies never;
  }
}

function failed(program: string, how: string): Failure {
  return {
    outcome: 'rejected',
    reason: `the command ${program} ${how}`,
    remedy:
      'look at the lines "command output" before this one; correct the command, or what it complains of',
  };
}

type Explained = { reason: string; remedy: string };

export function explainStart(
  code: string,
  { command: [program], variable }: Omit<FailureInput, 'timeoutMs'>,
): Explained {
  const subject = `the command ${program} cannot be started: `;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return program.includes('/') && existsSync(program)
        ? withoutInterpreter(subject)
        : notFound(subject, variable);
    case 'EACCES':
      return {
        reason: `${subject}it is not executable for rehup (EACCES)`,
        remedy: 'set defaultMode: 0555 on the volume that holds it, or mode on its item',
      };
    case 'ENOEXEC':
      return {
        reason: `${subject}it is neither a program for this machine nor a script with a #! line (ENOEXEC)`,
        remedy: `bring a program built for this architecture, or begin the script with #!, or name its interpreter in ${variable}`,
      };
    case 'E2BIG':
      return {
        reason: `${subject}its arguments and environment are too long (E2BIG)`,
        remedy: `shorten ${variable}, or watch fewer keys (REHUP_INCLUDE)`,
      };
    case 'EMFILE':
    case 'ENFILE':
    case 'ENOMEM':
    case 'EAGAIN':
      return {
        reason: `${subject}rehup has run out of files, processes or memory for the moment (${code})`,
        remedy: RAISE_LIMITS,
      };
    default:
      return { reason: `${subject}${code}`, remedy: `correct ${variable}` };
  }
}

function notFound(subject: string, variable: string): Explained {
  return {
    reason: `${subject}there is no such program in the rehup container (ENOENT)`,
    remedy: `the rehup image has no shell and no tools: mount the program into the rehup container or copy it into an image of your own, and write its absolute path in ${variable}; node is on the PATH`,
  };
}

/** The kernel says the same of a missing file and of a file whose interpreter is missing. */
function withoutInterpreter(subject: string): Explained {
  return {
    reason: `${subject}it is there, but not the program that runs it: the one in its #! line, or its dynamic loader (ENOENT)`,
    remedy:
      'the rehup image has no shell: bring a statically linked program, or a script for node (#!/usr/local/bin/node)',
  };
}
