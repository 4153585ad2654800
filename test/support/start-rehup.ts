import { fileURLToPath } from 'node:url';
import { ENVIRONMENT_CANARY, findCanaries } from './canary.ts';
import { startLineProcess } from './line-process.ts';
import type { Exit } from './line-process.ts';
import { createLineQueue } from './line-queue.ts';
import type { WaitForOptions } from './wait-for.ts';

/** One line of rehup's JSON log. */
export type LogLine = Readonly<{
  level: string;
  time: string;
  msg: string;
  rule?: string;
  outcome?: string;
  action?: string;
  target?: string | string[];
  mount?: string | string[];
  object?: string | string[];
  feature?: string;
  changed?: string[];
  added?: string[];
  removed?: string[];
  reason?: string;
  remedy?: string;
  check?: string;
  hash?: string;
  proved?: boolean;
  mode?: string;
  kind?: string;
  source?: string;
  port?: number;
  took_ms?: number;
  swap_to_reload_ms?: number;
  retry_in_ms?: number;
}>;

export interface RehupOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly argv?: readonly string[];
  /** A command to run rehup under: `setpriv …`, `unshare …`, `prlimit …`. */
  readonly prefix?: readonly string[];
  /** The prefix command forks. */
  readonly forks?: boolean;
  /** What is expected on stderr; anything else there fails the test. Default: nothing. */
  readonly stderr?: RegExp;
}

export interface Rehup extends AsyncDisposable {
  readonly pid: number;
  readonly lines: readonly LogLine[];
  readonly stderr: readonly string[];
  /** The next line with these fields; lines up to it count as read. */
  readonly line: (wanted: Partial<LogLine>, options?: WaitForOptions) => Promise<LogLine>;
  /** All lines so far with these fields, read or not. */
  readonly all: (wanted: Partial<LogLine>) => LogLine[];
  readonly kill: (signal: NodeJS.Signals) => void;
  /** Asks it to stop and returns its exit code. */
  readonly stop: () => Promise<number | null>;
  readonly exited: Promise<Exit>;
}

/**
 * Short times, all lines, no port. Tests that are about one of these set their own; none relies on
 * what comes first of two things that these times decide.
 */
const TEST_ENV = {
  REHUP_LISTEN: 'off',
  REHUP_LOG_LEVEL: 'debug',
  REHUP_SURVIVE: '50ms',
  REHUP_RETRY_DELAY: '50ms',
  REHUP_RETRY_MAX_DELAY: '200ms',
  DATABASE_PASSWORD: ENVIRONMENT_CANARY,
};

const MAIN = fileURLToPath(new URL('../../cmd/main.ts', import.meta.url));

/** The variable with the file of rehup that tests start; `cmd/main.ts` to see where in the sources it fails. */
export const BUILT = 'TEST_REHUP';

/** The command that runs rehup: what was built for this run, or else the sources. */
export function rehupCommand(argv: readonly string[] = []): string[] {
  return [process.execPath, process.env[BUILT] ?? MAIN, ...argv];
}

/** Starts the real program. Every line that it logs must be JSON. */
export async function startRehup(options: RehupOptions = {}): Promise<Rehup> {
  const { env = {}, argv, prefix = [], forks = false, stderr: expected } = options;
  const broken: string[] = [];
  const leaks: string[] = [];
  const queue = createLineQueue<LogLine>(() => `stderr: ${child.stderr.join('\n')}`);
  const child = await startLineProcess([...prefix, ...rehupCommand(argv)], {
    env: { ...TEST_ENV, ...env },
    forks,
    onLine: (line) => {
      leaks.push(...findCanaries([line]));
      const parsed = parseLine(line);
      if (parsed === undefined) broken.push(line);
      else queue.push(parsed);
    },
  });
  void child.exited.then(queue.end);
  // A failed wait shows all output; the same once more at the end would only hide it.
  let shown = false;
  const checkOutput = (): void => {
    leaks.push(...findCanaries(child.stderr));
    if (leaks.length > 0) throw new Error(`rehup printed a secret:\n${leaks.join('\n')}`);
    if (shown) return;
    const text = child.stderr.join('\n');
    const isExpected = expected === undefined ? text === '' : expected.test(text);
    shown = true;
    if (!isExpected) throw new Error(`rehup wrote to stderr:\n${text}`);
    if (broken.length > 0) throw new Error(`lines that are not JSON:\n${broken.join('\n')}`);
  };
  return {
    pid: child.pid,
    lines: queue.lines,
    stderr: child.stderr,
    line: async (wanted, waiting) => {
      const what = `a line with ${JSON.stringify(wanted)}`;
      try {
        return await queue.take(what, (line) => hasFields(line, wanted), waiting);
      } catch (error) {
        shown = true;
        throw error;
      }
    },
    all: (wanted) => queue.lines.filter((line) => hasFields(line, wanted)),
    kill: child.kill,
    stop: async () => {
      child.kill('SIGTERM');
      const { code } = await child.exited;
      checkOutput();
      return code;
    },
    exited: child.exited,
    [Symbol.asyncDispose]: async () => {
      await child[Symbol.asyncDispose]();
      checkOutput();
    },
  };
}

function parseLine(text: string): LogLine | undefined {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return undefined;
  }
}

function hasFields(line: LogLine, wanted: Partial<LogLine>): boolean {
  const fields = new Map(Object.entries(line));
  return Object.entries(wanted).every(
    ([name, value]) => JSON.stringify(fields.get(name)) === JSON.stringify(value),
  );
}
