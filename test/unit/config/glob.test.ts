import * as fc from 'fast-check';
import picomatch from 'picomatch';
import { describe, expect, it } from 'vitest';
import { compileGlob } from '../../../src/config/glob.ts';

const piece = fc.constantFrom(
  'a',
  'b',
  'c',
  '.a',
  '-',
  '*',
  '?',
  '[ab]',
  '[^a]',
  '{a,b}',
  '{a..c}',
);
const name = fc.array(piece, { minLength: 1, maxLength: 5 }).map((pieces) => pieces.join(''));
const glob = fc
  .array(fc.oneof(name, fc.constant('**'), fc.constant('*')), { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'))
  // Several stars side by side, and what follows a directory of any name, are read differently by everybody.
  .filter((text) => !/\*{2}[^/]|[^/]\*{2}|\?\[|[*?\]}]\/\*\*|\/\*\*$/.test(text))
  .filter((text) => text.split('{').length <= 4);
const path = fc
  .array(fc.stringMatching(/^[abc.-]{0,3}[abc]$/), { minLength: 1, maxLength: 4 })
  .map((names) => names.join('/'));

describe('a glob', () => {
  it('matches what picomatch says that it matches', () => {
    fc.assert(
      fc.property(glob, path, (pattern, text) => {
        const expected = picomatch(pattern, { dot: true })(text);
        expect({ pattern, text, is: compileGlob(pattern)(text) }).toEqual({
          pattern,
          text,
          is: expected,
        });
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['*', '.env', true],
    ['a?c', 'abc', true],
    ['a?c', 'a/c', false],
    ['**', 'a/b/c', true],
    ['a/**', 'a', true],
    ['**/b', 'b', true],
    ['**/*.yaml', 'a/b/c.yaml', true],
    ['!*.tmp', 'a.tmp', false],
    ['!*.tmp', 'a', true],
    ['{a,{b,c}}.x', 'c.x', true],
    ['[[]', '[', true],
    ['[!a]', 'b', true],
    ['[!a]', 'a', false],
    ['[', '[', true],
    [String.raw`\*`, '*', true],
    [String.raw`\*`, 'a', false],
    ['{a}', '{a}', true],
    ['', '', true],
  ])('%j and %j: %s', (pattern, text, is) => {
    expect(compileGlob(pattern)(text)).toBe(is);
  });

  // With a search that goes back to every star, each of these would take longer than a test may.
  it.each([
    [`${'*-'.repeat(100)}x`, '-'.repeat(4000)],
    [`${'**/-/'.repeat(50)}x`, '-/'.repeat(2000)],
    [`**/${'*-'.repeat(50)}x`, `${'-'.repeat(255)}/`.repeat(15)],
    ['{*-,-*}{*-,-*}{*-,-*}{*-,-*}{*-,-*}x', '-'.repeat(250)],
    [`${'?*'.repeat(100)}x`, 'a'.repeat(250)],
  ])('is done with at once, whatever the key is: %#', (pattern, text) => {
    expect(compileGlob(pattern)(text)).toBe(false);
  });

  it.each([
    ['!(a|b)', 'has a group in parentheses; write {a,b} for alternatives'],
    ['+(a)', 'has a group in parentheses; write {a,b} for alternatives'],
    ['{a,b}'.repeat(9), 'stands for more than 256 alternatives'],
  ])('%j is refused', (pattern, reason) => {
    expect(() => compileGlob(pattern)).toThrow(reason);
  });
});
