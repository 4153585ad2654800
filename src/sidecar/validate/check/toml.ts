import { parse, TomlError } from 'smol-toml';
import { checkText, withoutByteOrderMark } from './text.ts';

/** What the parser's messages begin with, and our words for it. Others may quote the text. */
const REASONS: readonly (readonly [start: string, reason: string])[] = [
  ['control characters', 'there is a control character'],
  ['document contains excessively nested', 'the nesting is too deep'],
  ['each key-value declaration must be followed', 'something follows after the value'],
  ['expected comma or end of structure', 'a comma or the closing bracket is expected'],
  ['expected end of table', 'a table header is not closed'],
  ['illegal character in key', 'a key has no value, or holds a character that must be quoted'],
  ['illegal empty bare key', 'a key is empty'],
  ['illegal leading zero', 'a number begins with a zero'],
  ['illegal quoted key', 'a key must be on one line'],
  ['illegal underscore', 'an underscore in a number does not stand between digits'],
  ['illegal character in numeric', 'a number holds a wrong character'],
  ['incomplete key-value', 'a key has no value'],
  ['invalid date', 'a date or time is wrong'],
  ['invalid escape', 'a string holds an unknown escape'],
  ['invalid non-hex', 'a string holds an unknown escape'],
  ['invalid unicode escape', 'a string holds an unknown escape'],
  ['unrecognised escape', 'a string holds an unknown escape'],
  ['invalid value', 'a value is wrong: strings must be quoted'],
  ['trying to redefine', 'a key or table is there twice'],
  ['unexpected end of key', 'a key is incomplete'],
  ['unfinished array', 'an array is never closed'],
  ['unfinished numeric', 'a number is incomplete'],
  ['unfinished string', 'a string is never closed'],
  ['unfinished table', 'an inline table is never closed'],
];

export const checkToml = checkText((raw) => {
  const text = withoutByteOrderMark(raw);
  try {
    // TOML's integers have 64 bits.
    parse(text, { integersAsBigInt: true });
    return undefined;
  } catch (error) {
    if (!(error instanceof TomlError)) return { reason: 'is not TOML: something is wrong' };
    const message = error.message.replace(/^Invalid TOML document: /, '');
    const [, reason = 'something is wrong'] =
      REASONS.find(([start]) => message.startsWith(start)) ?? [];
    return { line: error.line, column: error.column, reason: `is not TOML: ${reason}` };
  }
});
