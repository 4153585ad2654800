import { describe, expect, it } from 'vitest';
import { runCheck } from './run-check.ts';

describe('checkYaml', () => {
  it.each([
    '',
    '# nothing\n',
    'a: 1\nb: [x, y]\n',
    'a: 1\n---\nb: 2\n',
    'base: &base {a: 1}\nnext:\n  <<: *base\n  <<: *base\n',
    'a: !Ref Thing\nb: !!binary aGk=\n',
    'a: |\n  text: with: colons\n',
    '\uFEFFa: 1\n',
    'a: [\n  1,\n]\n',
    '{"a": [1, 2]}',
  ])('accepts %j', async (text) => {
    expect(await runCheck('yaml', text)).toBeUndefined();
  });

  it.each<[text: string, line: number, column: number, reason: string]>([
    [
      'a: b: c\n',
      1,
      4,
      'a mapping begins inside a value: quote the value, or correct line breaks and indentation',
    ],
    ['a:\n\tb: 1\n', 2, 1, 'a tab is used for indentation'],
    [
      'a: 1\n b: 2\n',
      1,
      4,
      'a mapping begins inside a value: quote the value, or correct line breaks and indentation',
    ],
    ['a:\n  b: 1\n c: 2\n', 3, 1, 'the indentation is wrong, or a bracket is not closed'],
    ['a: [1, 2\nb: 3\n', 2, 1, 'the indentation is wrong, or a bracket is not closed'],
    ['a: "x\n', 2, 1, 'a character is missing: a colon, comma, quote, bracket or blank'],
    ['a: @x\n', 1, 4, 'a value begins with a reserved character: quote it'],
    ['a: "\\q"\n', 1, 5, 'a string in double quotes holds an unknown escape'],
    ['a: 1\nb: 2\na: 3\n', 3, 1, 'a key is there twice'],
    ['a: 1\n---\nb:\n  c: 1\n  c: 2\n', 5, 3, 'a key is there twice'],
    ['a: *gone\n', 1, 4, 'an alias has no anchor before it'],
    ['a: 1\nplain\n', 2, 1, 'a character is missing: a colon, comma, quote, bracket or blank'],
  ])('refuses %j', async (text, line, column, reason) => {
    expect(await runCheck('yaml', text)).toEqual({
      line,
      column,
      reason: `is not YAML: ${reason}`,
    });
  });
});
