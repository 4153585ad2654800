/** A regular expression, as far as it takes to write texts that it nearly matches. */
export type Alternatives = readonly Sequence[];

export type Sequence = readonly Item[];

export type Item = Atom & {
  /** How often it stands there at the least; once, where it may be left out. */
  count: number;
  quantified: boolean;
};

export type Atom =
  | { kind: 'text'; text: string }
  /** One character of several, as the source of a pattern. */
  | { kind: 'class'; source: string }
  | { kind: 'group'; alternatives: Alternatives };

/** Parses the syntax of JavaScript; anchors and lookarounds match nothing, and are left out. */
export function parsePattern(source: string): Alternatives {
  const reader = { source, at: 0 };
  const alternatives = readAlternatives(reader);
  if (reader.at < source.length) throw new Error(`${source} is not understood at ${reader.at}`);
  return alternatives;
}

type Reader = { readonly source: string; at: number };

function readAlternatives(reader: Reader): Alternatives {
  const alternatives: Item[][] = [[]];
  while (reader.at < reader.source.length && reader.source[reader.at] !== ')') {
    if (take(reader, /\|/y)) alternatives.push([]);
    else alternatives.at(-1)?.push(...readItem(reader));
  }
  return alternatives;
}

const QUANTIFIER = /(?:[*+?]|\{\d+(?:,\d*)?\})\??/y;

function readItem(reader: Reader): Item[] {
  const atom = readAtom(reader);
  const quantifier = take(reader, QUANTIFIER);
  if (atom === undefined) return [];
  const [, least = '1'] = /^\{(\d+)/.exec(quantifier ?? '') ?? [];
  return [{ ...atom, count: Math.max(1, Number(least)), quantified: quantifier !== undefined }];
}

function readAtom(reader: Reader): Atom | undefined {
  if (take(reader, /\^|\$|\\[bB]/y)) return undefined;
  const opening = take(reader, /\((?:\?(?:[:=!]|<[=!]|<\w+>))?/y);
  if (opening !== undefined) {
    const alternatives = readAlternatives(reader);
    if (!take(reader, /\)/y)) throw new Error(`${reader.source}: a group is not closed`);
    return /^\(\?<?[=!]/.test(opening) ? undefined : { kind: 'group', alternatives };
  }
  const class_ = take(reader, /\[(?:[^\\\]]|\\[^])*\]|\\[dDwWsS]|\\[pP]\{[^}]*\}|\./y);
  if (class_ !== undefined) return { kind: 'class', source: class_ };
  const char = take(reader, /\\u[0-9a-fA-F]{4}|\\x[0-9a-fA-F]{2}|\\[^]|[^]/y) ?? '';
  return { kind: 'text', text: unescape(char) };
}

function take(reader: Reader, pattern: RegExp): string | undefined {
  pattern.lastIndex = reader.at;
  const [found] = pattern.exec(reader.source) ?? [];
  reader.at += found?.length ?? 0;
  return found;
}

const CONTROLS: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  f: '\f',
  v: '\v',
  '0': '\0',
};

function unescape(char: string): string {
  if (!char.startsWith('\\')) return char;
  const [, code] = /^\\[ux](.+)$/.exec(char) ?? [];
  if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
  return CONTROLS[char.slice(1)] ?? char.slice(1);
}
