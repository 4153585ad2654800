import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { createLineQueue } from './line-queue.ts';
import { waitFor } from './wait-for.ts';
import type { WaitForOptions } from './wait-for.ts';

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A running program that tells facts as lines on stdout. Disposal kills it and waits for its end. */
export interface LineProcess extends AsyncDisposable {
  /**
   * Of the program itself, as seen from the test, also where a prefix command forked it; NaN if that
   * one ended at once.
   */
  readonly pid: number;
  readonly lines: readonly string[];
  readonly stderr: readonly string[];
  /** The next line that is this text, or matches; lines up to it count as read. */
  readonly line: (wanted: string | RegExp, options?: WaitForOptions) => Promise<string>;
  readonly say: (line: string) => void;
  readonly kill: (signal: NodeJS.Signals | number) => void;
  readonly exited: Promise<Exit>;
}

export interface LaunchOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The command forks the program and waits for it, as `nsenter --pid` and `unshare --fork` do. */
  readonly forks?: boolean;
  readonly onLine?: (line: string) => void;
}

/** Starts a command with nothing in its environment but PATH and what is given. */
export async function startLineProcess(
  [file = '', ...args]: readonly string[],
  { env = {}, forks = false, onLine }: LaunchOptions = {},
): Promise<LineProcess> {
  const child = execa(file, args, {
    env: { PATH: process.env['PATH'], ...env },
    extendEnv: false,
    reject: false,
    buffer: false,
    stdin: 'pipe',
  });
  const stderr: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
  const queue = createLineQueue<string>(() => `stderr: ${stderr.join('\n')}`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    queue.push(line);
    onLine?.(line);
  });
  let ended = false;
  const exited = child.then(({ exitCode = null, signal = null }): Exit => {
    ended = true;
    queue.end();
    return { code: exitCode, signal };
  });
  // A program that has ended reads no more; that is no failure of the test.
  child.stdin.on('error', () => {});
  const pid = forks ? await readForked(child.pid ?? 0, () => ended) : (child.pid ?? 0);
  return {
    pid,
    lines: queue.lines,
    stderr,
    line: (wanted, options) =>
      queue.take(
        `the line ${wanted}`,
        (line) => (typeof wanted === 'string' ? line === wanted : wanted.test(line)),
        options,
      ),
    say: (line) => child.stdin.write(`${line}\n`),
    kill: (signal) => void process.kill(pid, signal),
    exited,
    [Symbol.asyncDispose]: async () => {
      if (!ended) killIfAlive(pid);
      await exited;
    },
  };
}

/** Of a program that has ended before it could be looked at, there is no pid that anybody may use. */
async function readForked(parent: number, hasEnded: () => boolean): Promise<number> {
  const path = `/proc/${parent}/task/${parent}/children`;
  const { pid } = await waitFor('the program to be forked', () => {
    if (hasEnded()) return { pid: Number.NaN };
    const children = Number(readFileSync(path, 'utf8'));
    return children !== 0 && { pid: children };
  });
  return pid;
}

function killIfAlive(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}
