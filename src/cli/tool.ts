import type { Command } from 'commander';
import type { ExitCode } from '../system/errors.ts';

/** What a tool may touch of the process. */
export type ToolIo = {
  env: Readonly<Record<string, string | undefined>>;
  stdout: { isTTY?: boolean; write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
};

/** Runs it with what was on the command line; throws FatalError for the user to read. */
export type RunTool = (io: ToolIo) => Promise<ExitCode>;

/**
 * Adds a command that has options of its own, and needs no sidecar. What it does is imported when it
 * runs: the command line is read without it.
 */
export type DefineTool = (program: Command, onRun: (run: RunTool) => void) => void;
