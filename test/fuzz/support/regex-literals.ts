import { globSync, readFileSync } from 'node:fs';
import { parseSync } from 'rolldown/utils';

/** A regular expression as it stands in the source. */
export interface RegexLiteral {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
  /** The text is split by it. */
  readonly splits: boolean;
}

export interface SourceRegexes {
  readonly literals: readonly RegexLiteral[];
  /** Those that are put together while the program runs: `file: code`. */
  readonly built: readonly string[];
}

interface Node {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** Every regular expression below a folder. */
export function collectRegexes(folder: string): SourceRegexes {
  const literals: RegexLiteral[] = [];
  const built: string[] = [];
  for (const file of globSync(`${folder}/**/*.ts`).toSorted()) {
    const code = readFileSync(file, 'utf8');
    const { program, errors } = parseSync(file, code);
    if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`);
    visit(program, (node, parent) => {
      const regex = node.type === 'Literal' ? node['regex'] : undefined;
      if (isPattern(regex)) {
        const { pattern: source, flags } = regex;
        literals.push({ file, source, flags, splits: methodOf(parent) === 'split' });
      }
      const { name } = (node['callee'] ?? {}) as { name?: string };
      if (name === 'RegExp')
        built.push(`${file}: ${code.slice(Number(node['start']), Number(node['end']))}`);
    });
  }
  return { literals, built };
}

function visit(
  value: unknown,
  look: (node: Node, parent: Node | undefined) => void,
  parent?: Node,
): void {
  if (Array.isArray(value)) {
    for (const item of value) visit(item, look, parent);
  } else if (typeof value === 'object' && value !== null) {
    const isNode = 'type' in value;
    if (isNode) look(value as Node, parent);
    for (const child of Object.values(value)) visit(child, look, isNode ? (value as Node) : parent);
  }
}

function isPattern(regex: unknown): regex is { pattern: string; flags: string } {
  return typeof regex === 'object' && regex !== null && 'pattern' in regex;
}

/** Of a call like `text.split(/…/)`. */
function methodOf(parent: Node | undefined): string | undefined {
  const { property } = (parent?.['callee'] ?? {}) as { property?: { name?: string } };
  return property?.name;
}
