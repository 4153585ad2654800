import { type App, runApp } from './sidecar/app.ts';
import type { ColorChoice } from './cli/color-option.ts';
import type { Invocation } from './cli/program.ts';
import type { RunTool } from './system/tool.ts';
import { ConfigError, type ExitCode, exitCodes, FatalError, locateBug } from './system/errors.ts';
import { showLines } from './system/show.ts';
import { version } from './config/version.ts';

/** What the process is given: arguments without node and script, environment, streams. */
export type ProcessInput = {
  argv: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  stdout: { isTTY?: boolean; columns?: number | undefined; write: (text: string) => unknown };
  stderr: { write: (text: string) => unknown };
  /** Emits the signals sent to rehup. */
  signals: App['signals'];
  /** What to do about a SIGHUP that came before anybody listened. */
  hangUp: {
    came: () => boolean;
    letEnd: () => void;
    /** The terminal that it was started from is gone. */
    terminalClosed: () => boolean;
  };
  exit: App['exit'];
};

/** Raw input → configuration → the app; returns the exit code. Nothing is thrown. */
export async function start(input: ProcessInput): Promise<ExitCode> {
  const { stderr } = input;
  try {
    return await run(input);
  } catch (thrown) {
    if (thrown instanceof FatalError) {
      stderr.write(`${showLines(describeFatal(thrown))}\n`);
      return thrown.exitCode;
    }
    return reportBug(thrown, stderr);
  }
}

/** What nobody expected, in words and without a stack trace; returns the exit code. */
export function reportBug(thrown: unknown, stderr: ProcessInput['stderr']): ExitCode {
  stderr.write(
    `rehup: a bug in rehup: ${showLines(locateBug(thrown))}\nPlease report it, with the lines above and the version (${version}).\n`,
  );
  return exitCodes.bug;
}

async function run(given: ProcessInput): Promise<ExitCode> {
  const { argv, env, stdout, stderr, signals, exit, hangUp } = given;
  let choice: ColorChoice = 'auto';
  const color = (chosen: ColorChoice): void => {
    choice = chosen;
  };
  const invocation = await readInvocation(argv, { stdout, stderr, color });
  if (typeof invocation === 'number') return invocation;
  if (invocation.command !== 'run' && invocation.command !== 'once') hangUp.letEnd();
  const colors = wantsColors(choice, given);
  if (invocation.command === 'tool') {
    return await runTool(invocation.run, { ...given, colors });
  }
  const { command, flags } = invocation;
  const input = { flags, env };
  const { came: hasHungUp, terminalClosed } = hangUp;
  const terminal = stdout.isTTY === true;
  const app = {
    input,
    signals,
    hasHungUp,
    terminalClosed,
    exit,
    terminal,
    colors,
    version,
    examine,
  };
  switch (command) {
    case 'run':
      return await runApp(app);
    case 'once': {
      const { runOnce } = await import('./sidecar/commands/once.ts');
      return await runOnce(app);
    }
    case 'trigger': {
      const { runTrigger } = await import('./sidecar/commands/trigger.ts');
      return await runTrigger(input, { stdout, stderr });
    }
    case 'status': {
      const { runStatus } = await import('./sidecar/commands/status.ts');
      return await runStatus(input, {
        stdout,
        colors,
        output: invocation.output,
        compare: invocation.compare,
      });
    }
    case 'doctor': {
      const { runDoctor } = await import('./doctor/command.ts');
      return await runTool(
        async ({ signal }) =>
          await runDoctor(input, { stdout, colors, output: invocation.output ?? 'text', signal }),
        { ...given, colors },
      );
    }
    default:
      return command satisfies never;
  }
}

/** https://no-color.org; what was asked for on the command line comes first. */
function wantsColors(
  choice: ColorChoice,
  { stdout, env: { NO_COLOR, TERM } }: Pick<ProcessInput, 'stdout' | 'env'>,
): boolean {
  if (choice !== 'auto') return choice === 'always';
  return stdout.isTTY === true && !NO_COLOR && TERM !== 'dumb';
}

/** The part of `rehup doctor` that the sidecar makes by itself. */
async function examine(...given: Parameters<App['examine']>): Promise<void> {
  const { examineAtStart } = await import('./doctor/at-start.ts');
  await examineAtStart(...given);
}

type ToolInput = Pick<ProcessInput, 'env' | 'stdout' | 'stderr' | 'signals'> & { colors: boolean };

/** A tool is asked to stop by SIGINT or SIGTERM, and cleans up; the second one is the end. */
async function runTool(
  tool: RunTool,
  { signals, env, stdout, stderr, colors }: ToolInput,
): Promise<ExitCode> {
  const stop = new AbortController();
  const abort = (): void => {
    signals.off('SIGINT', abort).off('SIGTERM', abort);
    stop.abort();
  };
  signals.on('SIGINT', abort).on('SIGTERM', abort);
  return await tool({ env, stdout, stderr, colors, signal: stop.signal });
}

/** A sidecar has no arguments: the command line's library is loaded when there are some. */
async function readInvocation(
  argv: readonly string[],
  {
    stdout,
    stderr,
    color,
  }: Pick<ProcessInput, 'stdout' | 'stderr'> & { color: (choice: ColorChoice) => void },
): Promise<Invocation | ExitCode> {
  if (argv.length === 0) return { command: 'run', flags: {} };
  const { parseCommandLine } = await import('./cli/program.ts');
  const output = {
    out: (text: string): unknown => stdout.write(text),
    error: (text: string): unknown => stderr.write(showLines(text)),
    color,
  };
  const result = parseCommandLine(argv, output, version);
  if (result.command !== 'none') return result;
  return result.usageError ? exitCodes.configuration : exitCodes.stopped;
}

function describeFatal(error: FatalError): string {
  if (error instanceof ConfigError) {
    const lines = error.message.split('\n').map((line) => `  ${line}`);
    return `rehup: the configuration cannot be used:\n${lines.join('\n')}`;
  }
  const remedy = 'remedy' in error ? `\nremedy: ${String(error.remedy)}` : '';
  return `rehup: ${error.message}${remedy}`;
}
