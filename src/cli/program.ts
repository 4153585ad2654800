import { Command, CommanderError, Help, Option as CommanderOption } from 'commander';
import type { StatusOutput } from '../sidecar/commands/status.ts';
import type { RawValues } from '../config/file.ts';
import { environmentName } from '../config/option.ts';
import { type OptionName, optionNames, options } from '../config/options.ts';
import { addColorOption, type ColorChoice } from './color-option.ts';
import { commandHelp, mainOptions, programHelp } from './help-text.ts';
import { nearest } from '../config/nearest.ts';
import { addOutsideOptions, type AskingName, readOutside, withoutOutside } from './outside.ts';
import { addDoctorOptions, addStatusOptions } from './report-options.ts';
import type { RunTool } from '../system/tool.ts';
import type { ParsedArguments } from '../tools/lint/settings/arguments.ts';
import { tools } from './tools.ts';

/**
 * `run` is the sidecar, `once` ends after the first reload, `trigger` and `status` ask a running one,
 * `doctor` looks at all that a reload needs.
 */
export type CommandName = 'run' | 'once' | 'trigger' | 'status' | 'doctor';

/** Those that print a report. */
type ReportName = 'status' | 'doctor';

/** A command that takes the options of the sidecar, or a tool with options of its own. */
export type Invocation =
  | { command: Exclude<CommandName, ReportName>; flags: RawValues }
  | {
      command: ReportName;
      flags: RawValues;
      output: StatusOutput | undefined;
      compare: string | undefined;
    }
  | { command: 'tool'; run: RunTool };

/** Otherwise help or version was printed, or the usage was wrong and that was said. */
export type CliResult = Invocation | { command: 'none'; usageError: boolean };

export type CliOutput = {
  out: (text: string) => void;
  error: (text: string) => void;
  /** Told of --color. */
  color?: (choice: ColorChoice) => void;
};

/** Reads the command line with the program that is made from the table of options. */
export function parseCommandLine(
  argv: readonly string[],
  { out, error, color }: CliOutput,
  version: string,
): CliResult {
  let result: CliResult = { command: 'none', usageError: false };
  const program = createProgram(version, (invocation) => {
    result = invocation;
  });
  for (const command of [program, ...program.commands]) addColorOption(command, color);
  program.configureOutput({ writeOut: out, writeErr: error }).exitOverride();
  for (const command of program.commands) command.copyInheritedSettings(program);
  try {
    program.parse([...argv], { from: 'user' });
  } catch (thrown) {
    return { command: 'none', usageError: isUsageError(thrown) };
  }
  return result;
}

/** The arguments of a rehup container, read by the command line that it would read them by. */
export function parseSidecar(argv: readonly string[]): ParsedArguments {
  if (argv.length === 0) return { command: 'run', flags: {} };
  let usage = '';
  const output = {
    out: () => {},
    error: (text: string) => {
      usage += text;
    },
  };
  const result = parseCommandLine(argv, output, '');
  if (result.command === 'none') {
    return { usage: usage.split('\n', 1)[0]?.replace(/^error: /, '') ?? 'prints help, and leaves' };
  }
  return result.command === 'tool'
    ? { command: 'tool', flags: {} }
    : { command: result.command, flags: result.flags };
}

function isUsageError(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('exitCode' in thrown)) throw thrown;
  return thrown.exitCode !== 0;
}

function createProgram(version: string, onRun: (invocation: Invocation) => void): Command {
  const program = new Command('rehup')
    .description(programHelp.description.join('\n\n'))
    .version(version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .showSuggestionAfterError()
    .showHelpAfterError('(rehup --help lists all options)')
    .configureHelp({ helpWidth: 100, formatHelp: formatCommandsFirst })
    .helpCommand('help [command]', 'print the help of a command')
    // A tool's --timeout is not the sidecar's.
    .enablePositionalOptions()
    .addHelpText('after', programHelp.after);
  for (const name of commandNames) program.addCommand(createCommand(name));
  for (const command of [program, ...program.commands]) {
    addOptions(command);
    const name = command === program ? 'run' : (command.name() as CommandName);
    if (name === 'status') addStatusOptions(command);
    if (name === 'doctor') addDoctorOptions(command);
    if (isAsking(name)) addOutsideOptions(command, name);
    hideOptions(command, name, command === program);
    command.action(() => {
      if (command === program) refuseUnknown(program);
      const given = command.optsWithGlobals<Record<string, unknown>>();
      const outside = isAsking(name) ? readOutside(name, command.args, given) : undefined;
      onRun(
        outside === undefined ? readInvocation(name, given) : { command: 'tool', run: outside },
      );
    });
  }
  program.allowExcessArguments();
  addAliases(program, version);
  for (const define of tools) {
    define(program, { onRun: (run) => onRun({ command: 'tool', run }), parseSidecar });
  }
  return program;
}

/** What has to do with asking a running sidecar, or with nothing. */
const shownOptions: Readonly<Record<CommandName, readonly OptionName[] | 'all'>> = {
  run: 'all',
  once: 'all',
  trigger: ['stateDir', 'listen'],
  status: ['stateDir', 'listen'],
  doctor: [],
};

/** All are taken everywhere: whoever copies the arguments of the sidecar shall not have to pick. */
function hideOptions(command: Command, name: CommandName, isProgram: boolean): void {
  const shown = isProgram ? mainOptions : shownOptions[name];
  if (shown === 'all') return;
  const flags = new Set(shown.map((option) => `--${options[option].flag}`));
  const known = new Set(optionNames.map((option) => `--${options[option].flag}`));
  for (const option of command.options) {
    if (known.has(option.long ?? '') && !flags.has(option.long ?? '')) option.hideHelp();
  }
}

/** Without a command it is the sidecar, which takes no arguments: a word there is a misspelt command. */
function refuseUnknown(program: Command): void {
  const [word] = program.args;
  if (word === undefined) return;
  const known = program.commands.map((command) => command.name());
  program.error(`error: there is no command ${word}; did you mean ${nearest(word, known)}?`);
}

function addAliases(program: Command, version: string): void {
  const print = (): never => {
    program.configureOutput().writeOut?.(`${version}\n`);
    throw new CommanderError(0, 'commander.version', version);
  };
  program.addOption(new CommanderOption('-V').hideHelp()).on('option:V', print);
  const showAll = (): void => program.commands.find((one) => one.name() === 'run')?.help();
  program.addCommand(new Command('options').description('print all options').action(showAll));
  program.addCommand(new Command('version').description('print the version').action(print));
}

/** Most people look for a command first. */
function formatCommandsFirst(command: Command, help: Help): string {
  const text = Help.prototype.formatHelp.call(help, command, help);
  const [, listed] = /\n(Commands:\n(?: .*\n)+)/.exec(text) ?? [];
  if (listed === undefined) return text;
  return text.replace(`\n${listed}`, '').replace('\nOptions:\n', `\n${listed}\nOptions:\n`);
}

const descriptions: Record<Exclude<CommandName, keyof typeof commandHelp>, string> = {
  status:
    'show what the rehup that runs in this pod watches, whom it reloads, and what it did last',
  doctor:
    'look at everything a reload needs, and say what is wrong, why it matters, and what YAML to change',
};

/** In the order of the help. */
const commandNames = [...Object.keys(commandHelp), ...Object.keys(descriptions)] as CommandName[];

function createCommand(name: CommandName): Command {
  const command = new Command(name).helpOption('-h, --help', 'print this help');
  if (name === 'status' || name === 'doctor') return command.description(descriptions[name]);
  const { summary, description, after } = commandHelp[name];
  return command.summary(summary).description(description.join('\n\n')).addHelpText('after', after);
}

function isAsking(name: CommandName): name is AskingName {
  return name !== 'run' && name !== 'once';
}

/** A switch without a value comes as `true`; all else as it was written. */
function readInvocation(name: CommandName, given: Record<string, unknown>): Invocation {
  const { output, ...flags } = withoutOutside(given);
  const { compare } = given;
  if (name !== 'status' && name !== 'doctor') return { command: name, flags };
  return {
    command: name,
    flags,
    output: output as StatusOutput | undefined,
    compare: typeof compare === 'string' ? compare : undefined,
  };
}

/** `--watch` of status is another one, which takes what this one takes. */
function addOptions(command: Command): void {
  const names =
    command.name() === 'status' ? optionNames.filter((name) => name !== 'watch') : optionNames;
  for (const name of names) command.addOption(createOption(name));
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
