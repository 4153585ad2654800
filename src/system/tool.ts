import type { ExitCode } from './errors.ts';

/** What a tool may touch of the process. */
export type ToolIo = {
  env: Readonly<Record<string, string | undefined>>;
  stdout: { isTTY?: boolean; columns?: number | undefined; write: (text: string) => unknown };
  /** Whether what is printed may have colours. */
  colors: boolean;
  stderr: { write: (text: string) => unknown };
  /** Aborted by SIGINT and SIGTERM. */
  signal: AbortSignal;
};

/** Runs it with what was on the command line; throws FatalError for the user to read. */
export type RunTool = (io: ToolIo) => Promise<ExitCode>;
