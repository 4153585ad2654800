import { type App, runApp } from './app.ts';
import type { Flags } from './config/cli.ts';
import { type Loaded, loadSettings } from './config/load.ts';
import { ConfigError, type ExitCode, exitCodes, FatalError, toError } from './errors.ts';
import { version } from './version.ts';

/** What the process is given: arguments without node and script, environment, streams. */
export type ProcessInput = {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdout: { isTTY?: boolean; write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
  /** Emits the signals sent to rehup. */
  signals: App['signals'];
};

/** Raw input → configuration → the app; returns the exit code. Nothing is thrown. */
export async function start(input: ProcessInput): Promise<ExitCode> {
  const { stderr } = input;
  try {
    return await run(input);
  } catch (thrown) {
    if (thrown instanceof FatalError) {
      stderr.write(`${describeFatal(thrown)}\n`);
      return thrown.exitCode;
    }
    const error = toError(thrown);
    stderr.write(
      `rehup: a bug in rehup: ${error.message}\nPlease report it, with the lines above and the version (${version}).\n`,
    );
    return exitCodes.bug;
  }
}

async function run({ argv, env, stdout, stderr, signals }: ProcessInput): Promise<ExitCode> {
  const flags = await readFlags(argv, { stdout, stderr });
  if (typeof flags === 'number') return flags;
  const { settings, given }: Loaded = loadSettings({ flags, env });
  await runApp({ settings, given, signals, terminal: stdout.isTTY === true, version });
  return exitCodes.stopped;
}

/** A sidecar has no arguments: the command line's library is loaded when there are some. */
async function readFlags(
  argv: readonly string[],
  { stdout, stderr }: Pick<ProcessInput, 'stdout' | 'stderr'>,
): Promise<Flags | ExitCode> {
  if (argv.length === 0) return {};
  const { parseCommandLine } = await import('./config/cli.ts');
  const output = {
    out: (text: string): unknown => stdout.write(text),
    error: (text: string): unknown => stderr.write(text),
  };
  const result = parseCommandLine(argv, output, version);
  if (result.command === 'run') return result.flags;
  return result.usageError ? exitCodes.configuration : exitCodes.stopped;
}

function describeFatal(error: FatalError): string {
  const remedy = 'remedy' in error ? `\nremedy: ${String(error.remedy)}` : '';
  if (error instanceof ConfigError) {
    const lines = error.message.split('\n').map((line) => `  ${line}`);
    return `rehup: the configuration cannot be used:\n${lines.join('\n')}`;
  }
  return `rehup: ${error.message}${remedy}`;
}
