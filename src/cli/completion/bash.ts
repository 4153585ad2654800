import { type CommandShape, type Group, groupByOptions, type OptionShape } from './shape.ts';
import type { Value } from './shape.ts';

/** A script for bash 4 and later; it needs no other package. */
export function renderBash(commands: readonly CommandShape[]): string {
  const names = commands.map(({ name }) => name).filter(Boolean);
  const positional = commands.flatMap(({ name, arguments: [value] }) =>
    name === '' || value === undefined ? [] : `      ${name}) ${renderValue(value)} ;;`,
  );
  return `# bash completion for rehup
_rehup() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  local command='' options='' words='' i
  # bash takes the = of --option=value for a word of its own.
  if [[ $cur == = ]]; then
    cur=''
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      ${names.join(' | ')}) command=\${COMP_WORDS[i]} && break ;;
    esac
  done
  COMPREPLY=()
  case $command in
${groupByOptions(commands).map(renderGroup).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    words=$options
  elif [[ -z $words ]]; then
    case $command in
      '') words='${names.join(' ')}' ;;
${positional.join('\n')}
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur")
}
complete -F _rehup rehup
`;
}

function renderGroup({ names, options }: Group): string {
  const flags = options.flatMap((option) => option.flags);
  return `    ${names.map((name) => name || "''").join(' | ')})
      options='${flags.join(' ')}'
      case $prev in
${renderValues(options).join('\n')}
      esac
      ;;`;
}

/** One line for each kind of value. */
function renderValues(options: readonly OptionShape[]): string[] {
  const byAction = new Map<string, string[]>();
  for (const { flags, value } of options) {
    if (value === undefined) continue;
    const action = renderValue(value);
    byAction.set(action, [...(byAction.get(action) ?? []), ...flags]);
  }
  return [...byAction].map(([action, flags]) => `        ${flags.join(' | ')}) ${action} ;;`);
}

function renderValue(value: Value): string {
  switch (value) {
    case 'any':
      return 'return';
    case 'file':
      return renderPaths('-f');
    case 'directory':
      return renderPaths('-d');
    default:
      return `words='${value.join(' ')}'`;
  }
}

function renderPaths(kind: '-f' | '-d'): string {
  return `compopt -o filenames; mapfile -t COMPREPLY < <(compgen ${kind} -- "$cur"); return`;
}
