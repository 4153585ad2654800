import { type CommandShape, groupByOptions, type OptionShape, type Value } from './shape.ts';

/** A function for a directory of zsh's \`fpath\`; it works when sourced, too. */
export function renderZsh(commands: readonly CommandShape[]): string {
  const named = commands.filter(({ name }) => name !== '');
  const groups = groupByOptions(commands);
  const branches = named.map(({ name, arguments: values }) => {
    const index = groups.findIndex(({ names }) => names.includes(name));
    const positional = values.map((value) => `'*:argument:${renderValue(value)}'`);
    return `        ${name}) _arguments ${[`$options_${index}`, ...positional].join(' ')} ;;`;
  });
  const ofNone = groups.findIndex(({ names }) => names.includes(''));
  return `#compdef rehup
# zsh completion for rehup
_rehup() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  local -a commands=(
${named.map(({ name, brief }) => `    '${name}:${brief}'`).join('\n')}
  )
${groups.map(({ options }, index) => renderOptions(index, options)).join('\n')}
  _arguments -C $options_${ofNone} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${branches.join('\n')}
      esac
      ;;
  esac
}
if [[ $funcstack[1] == _rehup ]]; then
  _rehup "$@"
else
  compdef _rehup rehup
fi
`;
}

function renderOptions(index: number, options: readonly OptionShape[]): string {
  return `  local -a options_${index}=(\n${options.flatMap(renderOption).join('\n')}\n  )`;
}

/** A line for each spelling; what may follow stands behind it. */
function renderOption({ flags, brief, value }: OptionShape): string[] {
  return flags.map((flag) => {
    if (value === undefined) return `    '${flag}[${brief}]'`;
    const assign = flag.startsWith('--') ? '=' : '+';
    return `    '*${flag}${assign}[${brief}]:value:${renderValue(value)}'`;
  });
}

function renderValue(value: Value): string {
  switch (value) {
    case 'any':
      return '';
    case 'file':
      return '_files';
    case 'directory':
      return '_files -/';
    default:
      return `(${value.join(' ')})`;
  }
}
