import { InvalidValue } from './parse.ts';

/** A program and its arguments; never given to a shell. */
export type CommandLine = readonly [program: string, ...args: string[]];

/** What a shell would act on: two processes, a file list, a comment. */
const OPERATORS = '|&;<>()\n';
const GLOBS = '*?[';

/** Characters that a backslash quotes inside double quotes (POSIX shell, 2.2.3). */
const QUOTED_IN_DOUBLE = '$`"\\';

/**
 * Splits a command as a POSIX shell splits it into words: blanks, quotes and backslashes. Whatever
 * else a shell would do is refused rather than passed on by accident, but for `$`, which stays as
 * it is. A value that begins with `[` is a JSON array, as `command:` in a pod spec.
 */
export function parseCommand(raw: string): CommandLine {
  const text = raw.trimStart();
  const [program, ...args] = text.startsWith('[') ? parseArray(text) : splitWords(text);
  if (program === undefined || program === '') throw new InvalidValue('names no program');
  if (/^[A-Za-z_]\w*=/.test(program)) {
    throw new InvalidValue(
      'begins with an assignment, and there is no shell to carry it out; set the variable in env of the rehup container',
    );
  }
  if ([program, ...args].some((word) => word.includes('\0'))) {
    throw new InvalidValue('holds a NUL character');
  }
  return [program, ...args];
}

function parseArray(text: string): string[] {
  try {
    const words: unknown = JSON.parse(text);
    if (Array.isArray(words) && words.every((word) => typeof word === 'string')) return words;
  } catch {
    // The message of the parser would show the command.
  }
  throw new InvalidValue('begins with [ but is not a JSON array of strings');
}

/** Splits by quotes and blanks alone. @throws InvalidValue where a shell would do more than that. */
function splitWords(text: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  // A YAML block leaves a line break at the end.
  const end = text.trimEnd().length;
  for (let at = 0; at < text.length;) {
    const char = text[at] ?? '';
    if (char === ' ' || char === '\t' || (char === '\n' && at >= end)) {
      if (word !== undefined) words.push(word);
      word = undefined;
      at += 1;
      continue;
    }
    const piece = takePiece(text, at, word === undefined);
    // An escaped line break is nothing at all, not even an empty word.
    if (piece.text !== undefined) word = (word ?? '') + piece.text;
    at = piece.end;
  }
  return word === undefined ? words : [...words, word];
}

type Piece = { text: string | undefined; end: number };

function takePiece(text: string, at: number, startsWord: boolean): Piece {
  const char = text[at] ?? '';
  if (char === "'") return takeSingleQuoted(text, at);
  if (char === '"') return takeDoubleQuoted(text, at);
  if (char === '\\') return takeEscaped(text, at);
  refuseShellWork(text, at, startsWord);
  return { text: char, end: at + 1 };
}

function takeSingleQuoted(text: string, at: number): Piece {
  const close = text.indexOf("'", at + 1);
  if (close === -1) throw unbalanced(at);
  return { text: text.slice(at + 1, close), end: close + 1 };
}

function takeDoubleQuoted(text: string, start: number): Piece {
  let quoted = '';
  for (let at = start + 1; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (char === '"') return { text: quoted, end: at + 1 };
    refuseSubstitution(text, at);
    const next = text[at + 1] ?? '';
    if (char !== '\\' || next === '') {
      quoted += char;
    } else {
      if (next !== '\n') quoted += QUOTED_IN_DOUBLE.includes(next) ? next : char + next;
      at += 1;
    }
  }
  throw unbalanced(start);
}

function takeEscaped(text: string, at: number): Piece {
  const next = text[at + 1];
  if (next === undefined) throw new InvalidValue('ends with a backslash that quotes nothing');
  return { text: next === '\n' ? undefined : next, end: at + 2 };
}

function refuseShellWork(text: string, at: number, startsWord: boolean): void {
  const char = text[at] ?? '';
  refuseSubstitution(text, at);
  if (OPERATORS.includes(char)) {
    throw noShell(at, char === '\n' ? 'a line break' : `the operator ${char}`);
  }
  if (GLOBS.includes(char)) throw noShell(at, `the pattern character ${char}`);
  if (char === '#' && startsWord) throw noShell(at, 'a comment');
}

function refuseSubstitution(text: string, at: number): void {
  if (text[at] === '`') throw noShell(at, 'a backquote');
  if (text.startsWith('$(', at)) throw noShell(at, '$(');
}

function noShell(at: number, what: string): InvalidValue {
  return new InvalidValue(
    `has ${what} at character ${at + 1}, and there is no shell to carry it out; quote it if it is meant literally, or run a script`,
  );
}

function unbalanced(at: number): InvalidValue {
  return new InvalidValue(`has a quote at character ${at + 1} that is never closed`);
}
