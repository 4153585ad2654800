import { describe, expect, it } from 'vitest';
import { runCheck } from './run-check.ts';

describe('checkToml', () => {
  it.each([
    '',
    'a = 1\n[b]\nc = "x"\n',
    'big = 9223372036854775807\nat = 2026-11-09T08:07:06Z\n',
    '\uFEFFa = [1, 2,]\n',
  ])('accepts %j', async (text) => {
    expect(await runCheck('toml', text)).toBeUndefined();
  });

  it.each<[text: string, line: number, column: number, reason: string]>([
    ['a = 1\nb = x y\n', 2, 5, 'a value is wrong: strings must be quoted'],
    ['a = "x\n', 1, 7, 'there is a control character'],
    ['a = 1\na = 2\n', 2, 1, 'a key or table is there twice'],
    ['a\n', 1, 2, 'a key has no value, or holds a character that must be quoted'],
    ['a = [1, 2\n', 2, 1, 'a comma or the closing bracket is expected'],
    ['a = 1 b = 2\n', 1, 7, 'something follows after the value'],
    ['a = "\\q"\n', 1, 7, 'a string holds an unknown escape'],
    ['a = 01\n', 1, 5, 'a number begins with a zero'],
    ['a = 2026-13-01\n', 1, 5, 'a date or time is wrong'],
  ])('refuses %j', async (text, line, column, reason) => {
    expect(await runCheck('toml', text)).toEqual({
      line,
      column,
      reason: `is not TOML: ${reason}`,
    });
  });
});
