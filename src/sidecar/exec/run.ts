import type { CommandLine } from '../../config/parse-command.ts';
import { errorCode } from '../../system/errors.ts';
import { createOutputReader, type OnOutput } from './output.ts';

export type RunInput = {
  command: CommandLine;
  /** Added to the environment that is inherited. */
  env: Readonly<Record<string, string>>;
  /** Written to stdin; a program that does not read it is none the worse for it. */
  stdin: string;
  timeoutMs: number;
  onOutput: OnOutput;
};

export type RunResult =
  | { kind: 'exited'; code: number }
  | { kind: 'killed'; signal: string }
  | { kind: 'timed-out' }
  /** `code` is the errno name of the failed system call. */
  | { kind: 'not-started'; code: string };

/** From SIGTERM to SIGKILL, when the time is up or rehup is stopped (which has 5 s in all). */
const GRACE_MS = 1000;

/** How long output may still come after the program ended, from a process that left its group. */
const DRAIN_MS = 1000;

/**
 * Runs a program in a process group of its own, until it ends or the time is up. Its end is the end
 * of the run: what it leaves running in its group is killed, so that no process piles up and none
 * holds the output open. Processes that made a session of their own (daemons) are left alone.
 *
 * @throws The signal's reason, once the processes are killed.
 */
export async function runCommand(
  { command: [program, ...args], env, stdin, timeoutMs, onOutput }: RunInput,
  signal: AbortSignal,
): Promise<RunResult> {
  signal.throwIfAborted();
  const { execa } = await import('execa');
  const timeout = AbortSignal.timeout(timeoutMs);
  const child = execa(program, args, {
    // Options meant for rehup's own Node would reach a command that is a Node program, too.
    env: { NODE_OPTIONS: undefined, ...env },
    input: stdin,
    buffer: false,
    reject: false,
    killDescendants: true,
    forceKillAfterDelay: GRACE_MS,
    cancelSignal: AbortSignal.any([signal, timeout]),
  });
  const output = createOutputReader(onOutput);
  child.stdout.on('data', (piece: Buffer) => output.write('stdout', piece));
  child.stderr.on('data', (piece: Buffer) => output.write('stderr', piece));
  let ended: RunResult | undefined;
  let drain: NodeJS.Timeout | undefined;
  child.nodeChildProcess.once('exit', (code, killedBy) => {
    ended = timeout.aborted ? { kind: 'timed-out' } : toResult(code, killedBy);
    killGroup(child.pid);
    drain = setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, DRAIN_MS);
  });
  try {
    const { code, cause } = await child;
    signal.throwIfAborted();
    return ended ?? { kind: 'not-started', code: code ?? errorCode(cause) ?? 'unknown error' };
  } finally {
    clearTimeout(drain);
    output.end();
  }
}

function toResult(code: number | null, signal: string | null): RunResult {
  return code === null
    ? { kind: 'killed', signal: signal ?? 'a signal' }
    : { kind: 'exited', code };
}

/** Its number cannot be another group's yet: numbers are handed out in a circle. */
function killGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left, as it should be.
  }
}
