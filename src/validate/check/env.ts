import type { Problem } from './check.ts';
import { checkText, withoutByteOrderMark } from './text.ts';
import { locate } from './text.ts';

const SKIPPED = /(?:[ \t\r\n]+|#[^\n]*)*/y;
const NAME = /(?:export[ \t]+)?[A-Za-z_][\w.-]*[ \t]*/y;
const QUOTED = /"(?:[^"\\]|\\[\s\S])*"|'[^']*'/y;
const REST = /[^\n]*/y;

/** `NAME=value` lines, as for a shell or dotenv: a quoted value may go over several lines. */
export const checkEnv = checkText((raw) => {
  const text = withoutByteOrderMark(raw);
  for (let at = skip(SKIPPED, text, 0); at < text.length; at = skip(SKIPPED, text, at)) {
    const nameEnd = skip(NAME, text, at);
    if (nameEnd === at) return problemAt(text, at, 'a name of a variable is expected');
    if (text[nameEnd] !== '=') return problemAt(text, nameEnd, 'a = is expected after the name');
    const valueStart = skip(/[ \t]*/y, text, nameEnd + 1);
    const isQuoted = /["']/.test(text[valueStart] ?? '');
    const valueEnd = isQuoted ? skip(QUOTED, text, valueStart) : valueStart;
    if (isQuoted && valueEnd === valueStart) {
      return problemAt(text, valueStart, 'a quote is never closed');
    }
    at = skip(REST, text, valueEnd);
  }
  return undefined;
});

function skip(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

function problemAt(text: string, offset: number, reason: string): Problem {
  return { ...locate(text, offset), reason: `is no env file: ${reason}` };
}
