import type { Problem } from './problem.ts';
import { checkText, withoutByteOrderMark } from './text.ts';
import { locate } from './text.ts';

const BLANKS = /[ \t\r\n]*/y;
const COMMENT = /#[^\n]*/y;
const NAME = /(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*/y;
const REST = /[^\n]*/y;

/** `NAME=value` lines, as for a shell or dotenv: a quoted value may go over several lines. */
export const checkEnv = checkText((raw) => {
  const text = withoutByteOrderMark(raw);
  for (let at = skipToName(text, 0); at < text.length; at = skipToName(text, at)) {
    const nameEnd = skip(NAME, text, at);
    if (nameEnd === at) return problemAt(text, at, 'a name of a variable is expected');
    if (text[nameEnd] !== '=') return problemAt(text, nameEnd, 'a = is expected after the name');
    const valueStart = skip(/[ \t]*/y, text, nameEnd + 1);
    const isQuoted = /["']/.test(text[valueStart] ?? '');
    const valueEnd = isQuoted ? skipQuoted(text, valueStart) : valueStart;
    if (valueEnd === undefined) return problemAt(text, valueStart, 'a quote is never closed');
    at = skip(REST, text, valueEnd);
  }
  return undefined;
});

// Loops, as a repeated group takes memory for each time: more than there is, in a large file.

function skipToName(text: string, start: number): number {
  let at = skip(BLANKS, text, start);
  while (text[at] === '#') at = skip(BLANKS, text, skip(COMMENT, text, at));
  return at;
}

/** Behind the closing quote; `undefined` where there is none. A backslash counts in double quotes. */
function skipQuoted(text: string, start: number): number | undefined {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === quote) return at + 1;
    if (text[at] === '\\' && quote === '"') at += 1;
  }
  return undefined;
}

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function problemAt(text: string, offset: number, reason: string): Problem {
  return { ...locate(text, offset), reason: `is not an env file: ${reason}` };
}
