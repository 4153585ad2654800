import { Command, Option as CommanderOption } from 'commander';
import type { RawValues } from '../config/file.ts';
import { environmentName } from '../config/option.ts';
import { type OptionName, optionNames, options } from '../config/options.ts';
import type { RunTool } from './tool.ts';
import { tools } from './tools.ts';

/** `run` is the sidecar, `once` ends after the first reload, `trigger` asks a running one. */
export type CommandName = 'run' | 'once' | 'trigger';

/** A command that takes the options of the sidecar, or a tool with options of its own. */
export type Invocation =
  { command: CommandName; flags: RawValues } | { command: 'tool'; run: RunTool };

/** Otherwise help or version was printed, or the usage was wrong and that was said. */
export type CliResult = Invocation | { command: 'none'; usageError: boolean };

export type CliOutput = { out: (text: string) => void; error: (text: string) => void };

/** Reads the command line with the program that is made from the table of options. */
export function parseCommandLine(
  argv: readonly string[],
  { out, error }: CliOutput,
  version: string,
): CliResult {
  let result: CliResult = { command: 'none', usageError: false };
  const program = createProgram(version, (invocation) => {
    result = invocation;
  });
  program.configureOutput({ writeOut: out, writeErr: error }).exitOverride();
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (thrown) {
    return { command: 'none', usageError: isUsageError(thrown) };
  }
  return result;
}

function isUsageError(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('exitCode' in thrown)) throw thrown;
  return thrown.exitCode !== 0;
}

function createProgram(version: string, onRun: (invocation: Invocation) => void): Command {
  const program = new Command('rehup')
    .description(
      'Makes a changed ConfigMap or Secret take effect in the app next to it: waits for the update to be complete, signals the app or calls its reload URL, and checks that it took it.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .showHelpAfterError('(rehup --help lists all options)')
    .configureHelp({ helpWidth: 100 })
    // A tool's --timeout is not the sidecar's.
    .enablePositionalOptions()
    .addHelpText(
      'after',
      '\nEvery option can be set by its environment variable, too; a flag wins.\nExit codes: 0 stopped as asked, 2 bad configuration, 3 nothing to watch, 4 reload failed, 70 a bug in rehup.',
    );
  for (const name of Object.keys(descriptions) as CommandName[]) {
    program.addCommand(new Command(name).description(descriptions[name]));
  }
  for (const command of [program, ...program.commands]) {
    addOptions(command);
    const name = command === program ? 'run' : (command.name() as CommandName);
    command.action(() => onRun({ command: name, flags: readFlags(command) }));
  }
  for (const define of tools) define(program, (run) => onRun({ command: 'tool', run }));
  return program;
}

const descriptions: Record<CommandName, string> = {
  run: 'watch and reload until stopped (the default)',
  once: 'wait for the first completed reload, then leave',
  trigger: 'let the rehup that runs in this pod reload now, even if nothing changed',
};

/** A switch without a value comes as `true`; all else as it was written. */
function readFlags(command: Command): RawValues {
  const flags = Object.entries(command.optsWithGlobals<Record<string, unknown>>());
  return Object.fromEntries(flags.map(([name, value]) => [name, String(value)]));
}

function addOptions(command: Command): void {
  for (const name of optionNames) command.addOption(createOption(name));
}

function createOption(name: OptionName): CommanderOption {
  const { flag, placeholder, group, help, default: fallback, separator } = { ...options[name] };
  const value = placeholder === undefined ? ' [BOOL]' : ` <${placeholder}>`;
  const suffix = fallback === undefined ? '' : ` (default: ${fallback})`;
  const option = new CommanderOption(
    `--${flag}${value}`,
    `${help}${suffix} [${environmentName(flag)}]`,
  );
  if (separator !== undefined && separator !== 'json') {
    option.argParser((next: string, before: string | undefined) =>
      before === undefined ? next : `${before}${separator}${next}`,
    );
  }
  option.helpGroup(`${group}:`);
  return option;
}
