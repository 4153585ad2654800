import type { Problem } from './problem.ts';
import { checkText, splitLines } from './text.ts';

/** A key without a value, as in my.cnf: one word. */
const BARE_KEY = /^[\w.\-:@/\\]+$/;

/** `!include FILE`, as in my.cnf. */
const INCLUDE = /^!include(?:dir)?\s+\S/;

/**
 * INI has no grammar, and its parsers take any line: this looks at the lines for what no dialect
 * knows. Sections, `key = value`, `key: value`, keys alone, comments and indented continuations pass.
 */
export const checkIni = checkText((text) => {
  let mayContinue = false;
  for (const [index, raw] of splitLines(text).entries()) {
    const line = raw.trim();
    const continues = mayContinue && /^\s/.test(raw);
    if (line === '' || /^[#;]/.test(line) || continues) continue;
    const reason = findFault(line);
    if (reason !== undefined) return toProblem(index, raw, reason);
    mayContinue = !line.startsWith('[');
  }
  return undefined;
});

function findFault(line: string): string | undefined {
  if (line.startsWith('[')) {
    if (!line.includes(']')) return 'a section header is not closed';
    if (!/^\[\s*[^\s\]]/.test(line)) return 'a section has no name';
    const end = findHeaderEnd(line);
    const rest = end === undefined ? line : line.slice(end).trim();
    return /^(?:$|[#;])/.test(rest) ? undefined : 'something follows after a section header';
  }
  if (/^[=:]/.test(line)) return 'a value has no key';
  if (/[=:]/.test(line) || BARE_KEY.test(line) || INCLUDE.test(line)) return undefined;
  return 'the line is neither a section nor a key with a value';
}

/** Behind the bracket that closes a section header: one that stands in quotes does not. */
function findHeaderEnd(line: string): number | undefined {
  let isQuoted = false;
  for (let at = 1; at < line.length; at += 1) {
    if (line[at] === '"') isQuoted = !isQuoted;
    if (line[at] === ']' && !isQuoted) return at + 1;
  }
  return undefined;
}

function toProblem(index: number, raw: string, reason: string): Problem {
  return { line: index + 1, column: raw.search(/\S/) + 1, reason: `is not INI: ${reason}` };
}
