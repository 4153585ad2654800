/** Where a text stops being JSON, and why: no piece of the text. */
export type JsonError = { offset: number; reason: string };

/** What may stand next. */
type Expected =
  'value' | 'item or end' | 'key or end' | 'key' | 'colon' | 'comma or end' | 'nothing';

const REASONS: Readonly<Record<Expected, string>> = {
  value: 'a value is expected',
  'item or end': 'a value or ] is expected',
  'key or end': 'a key in double quotes or } is expected',
  key: 'a key in double quotes is expected',
  colon: 'a colon is expected',
  'comma or end': 'a comma or the closing bracket is expected',
  nothing: 'something follows after the end of the value',
};

const BLANKS = /[\t\n\r ]*/y;
const LITERAL = /true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4})/y;

/**
 * Finds the first error by the grammar of RFC 8259. Without recursion: how deep the brackets go is
 * up to whoever wrote the text.
 */
export function findJsonError(text: string): JsonError | undefined {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  const afterValue = (): Expected => (open.length === 0 ? 'nothing' : 'comma or end');
  for (let at = skip(BLANKS, text, 0); at < text.length; at = skip(BLANKS, text, at)) {
    const char = text[at] ?? '';
    const isKey: boolean = expected === 'key' || expected === 'key or end';
    const isValue: boolean = expected === 'value' || expected === 'item or end';
    const literalEnd = isValue ? skip(LITERAL, text, at) : at;
    if (char === '"' && (isKey || isValue)) {
      const end = skipString(text, at);
      if (typeof end !== 'number') return end;
      at = end;
      expected = isKey ? 'colon' : afterValue();
    } else if (literalEnd > at) {
      at = literalEnd;
      expected = afterValue();
    } else if (isValue && (char === '[' || char === '{')) {
      open.push(char);
      expected = char === '[' ? 'item or end' : 'key or end';
      at += 1;
    } else if (closes(char, open.at(-1), expected)) {
      open.pop();
      expected = afterValue();
      at += 1;
    } else if (char === ',' && expected === 'comma or end') {
      expected = open.at(-1) === '[' ? 'value' : 'key';
      at += 1;
    } else if (char === ':' && expected === 'colon') {
      expected = 'value';
      at += 1;
    } else {
      return { offset: at, reason: explain(text, at, expected) };
    }
  }
  if (expected === 'nothing') return undefined;
  return { offset: text.length, reason: `the text ends where ${REASONS[expected]}` };
}

function closes(char: string, open: '[' | '{' | undefined, expected: Expected): boolean {
  if (char === ']') return open === '[' && ['item or end', 'comma or end'].includes(expected);
  if (char === '}') return open === '{' && ['key or end', 'comma or end'].includes(expected);
  return false;
}

/** The mistakes that people make most are called by their names. */
function explain(text: string, at: number, expected: Expected): string {
  const char = text[at] ?? '';
  if (char === '#' || text.startsWith('//', at) || text.startsWith('/*', at)) {
    return 'comments are not allowed';
  }
  if (char === "'") return 'strings must be in double quotes';
  const closesEarly = '}]'.includes(char) && (expected === 'value' || expected === 'key');
  if (closesEarly && text.slice(0, at).trimEnd().endsWith(',')) {
    return 'a comma stands before the closing bracket';
  }
  return REASONS[expected];
}

/** Returns the offset after the string, or what is wrong in it. */
function skipString(text: string, start: number): number | JsonError {
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') return at + 1;
    if (char < ' ') {
      return { offset: at, reason: 'a string holds a line break or control character' };
    }
    if (char === '\\') {
      const end = skip(ESCAPE, text, at);
      if (end === at) return { offset: at, reason: 'a string holds an unknown escape' };
      at = end - 1;
    }
  }
  return { offset: start, reason: 'a string is never closed' };
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}
