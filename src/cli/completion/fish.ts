import {
  type CommandShape,
  type Group,
  groupByOptions,
  type OptionShape,
  type Value,
} from './shape.ts';

/** A script for a directory of fish's completions. */
export function renderFish(commands: readonly CommandShape[]): string {
  const named = commands.filter(({ name }) => name !== '');
  const names = named.map(({ name }) => name).join(' ');
  const lines = [
    '# fish completion for rehup',
    'complete -c rehup -f',
    ...named.map(
      ({ name, brief }) =>
        `complete -c rehup -n 'not __fish_seen_subcommand_from ${names}' -a ${name} -d '${brief}'`,
    ),
    ...named.flatMap(({ name, arguments: [value] }) =>
      value === undefined || value === 'any'
        ? []
        : `complete -c rehup -n '__fish_seen_subcommand_from ${name}' ${renderArgument(value)}`,
    ),
    ...groupByOptions(commands).flatMap((group) => renderGroup(group, names)),
  ];
  return `${lines.join('\n')}\n`;
}

function renderGroup({ names, options }: Group, allNames: string): string[] {
  const seen = names.filter(Boolean);
  const withThem = seen.length > 0 ? [`__fish_seen_subcommand_from ${seen.join(' ')}`] : [];
  const without = names.includes('') ? [`not __fish_seen_subcommand_from ${allNames}`] : [];
  const condition = [...withThem, ...without].join('; or ');
  return options.map((option) => `complete -c rehup -n '${condition}' ${renderOption(option)}`);
}

function renderOption({ flags, brief, value }: OptionShape): string {
  const spelled = flags.map((flag) =>
    flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
  );
  const rest = value === undefined ? [] : [renderValue(value)];
  return [...spelled, ...rest, `-d '${brief}'`].join(' ');
}

/** It is no option that takes a value, so that `-r` and `-x` would have no meaning. */
function renderArgument(value: Value): string {
  return renderValue(value).replace(/^-[rx] ?/, '');
}

function renderValue(value: Value): string {
  switch (value) {
    case 'any':
      return '-x';
    case 'file':
      return '-r -F';
    case 'directory':
      return `-x -a '(__fish_complete_directories)'`;
    default:
      return `-x -a '${value.join(' ')}'`;
  }
}
