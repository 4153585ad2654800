import { constants } from 'node:os';
import type { Argument, Command, Option } from 'commander';
import { environmentName } from '../../config/option.ts';
import { optionNames, options as table } from '../../config/options.ts';

/** What may stand for a value: nothing to offer, files, directories, or these words. */
export type Value = 'any' | 'file' | 'directory' | readonly string[];

export type OptionShape = {
  /** As typed, with hyphens. */
  flags: readonly string[];
  brief: string;
  /** Absent for a switch that takes none. */
  value?: Value;
};

export type CommandShape = {
  /** Empty for what is typed without a command. */
  name: string;
  brief: string;
  options: readonly OptionShape[];
  arguments: readonly Value[];
};

/** Nobody can reload at these. */
const UNCATCHABLE = ['SIGKILL', 'SIGSTOP'];

/** The command line, as plain data: what the shells offer is made from what is parsed. */
export function readShape(program: Command): CommandShape[] {
  const commands = program.createHelp().visibleCommands(program);
  return [
    { ...readCommand(program), name: '' },
    ...commands.filter((command) => command.name() !== 'help').map(readCommand),
  ];
}

function readCommand(command: Command): CommandShape {
  return {
    name: command.name(),
    brief: toBrief(command.summary() || command.description()),
    options: optionsOf(command).map(readOption),
    arguments: command.registeredArguments.map(valueOf),
  };
}

/** The help of `rehup` shows the most used ones; typed can all be. */
function optionsOf(command: Command): readonly Option[] {
  const run =
    command.parent === null ? command.commands.find((one) => one.name() === 'run') : undefined;
  const all = run?.createHelp().visibleOptions(run) ?? [];
  const visible = command.createHelp().visibleOptions(command);
  return [...visible, ...all.filter((option) => !visible.some(({ long }) => long === option.long))];
}

function readOption(option: Option): OptionShape {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined);
  const brief = toBrief(option.description);
  if (!option.required && !option.optional) return { flags, brief };
  return { flags, brief, value: valueOf(option) };
}

/** By the words that are allowed, else by the placeholder, such as `<FILE>`. */
function valueOf(from: Option | Argument): Value {
  if (from.argChoices !== undefined) return from.argChoices;
  const name = 'flags' in from ? (/[<[]([^>\]]+)[>\]]/.exec(from.flags)?.[1] ?? '') : from.name();
  const words = 'flags' in from ? wordsOf(from) : [];
  if (words.length > 0) return words;
  switch (name.toLowerCase().replace('...', '')) {
    case 'bool':
      return ['true', 'false'];
    case 'signal':
      return Object.keys(constants.signals).filter((signal) => !UNCATCHABLE.includes(signal));
    case 'dir':
      return 'directory';
    case 'file':
    case 'files':
    case 'path':
    case 'paths':
      return 'file';
    default:
      return 'any';
  }
}

/** The words of an option of the sidecar; a tool may have one of that name with another meaning. */
function wordsOf({ long, description }: Option): readonly string[] {
  const name = optionNames.find((candidate) => `--${table[candidate].flag}` === long);
  if (name === undefined || !description.includes(environmentName(table[name].flag))) return [];
  const { parse } = table[name];
  return 'words' in parse && Array.isArray(parse.words) ? parse.words.map(String) : [];
}

/** The first clause: a shell shows it beside the word. */
function toBrief(text: string): string {
  const clause = text
    .replace(/ \[REHUP_\w+\]$/, '')
    .replace(/ \(default[^)]*\)/, '')
    .split(/[;.](?: |$)/, 1)[0];
  return (clause ?? '').replaceAll(/['"`$\\[\]]/g, '');
}

export type Group = { names: readonly string[]; options: readonly OptionShape[] };

/** Commands that take the same options, together: those of the sidecar are many. */
export function groupByOptions(commands: readonly CommandShape[]): Group[] {
  const groups = new Map<string, { names: string[]; options: readonly OptionShape[] }>();
  for (const { name, options } of commands) {
    const key = options.flatMap(({ flags }) => flags).join(' ');
    const group = groups.get(key) ?? { names: [], options };
    group.names.push(name);
    groups.set(key, group);
  }
  return [...groups.values()];
}
