import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { showLine, showLines } from '../../../src/system/show.ts';
import { findCommands, findSteering } from '../../support/plain-output.ts';

const hostile = fc
  .array(
    fc.constantFrom(':', '::', '##[', '#', '[', ' ', '\n', '\t', '\r', '\u001b[', '\u202e', 'a'),
  )
  .map((pieces) => pieces.join(''));

describe('a text with names in it', () => {
  it('has nothing in it that acts on a terminal or on a pipeline', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = showLines(text);
        expect(findSteering(shown.replaceAll('\t', ' '))).toEqual([]);
        expect(findCommands(shown)).toEqual([]);
      }),
    );
  });

  it('stays one line where it is one', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = showLine(text);
        expect(findSteering(shown)).toEqual([]);
        expect(findCommands(shown)).toEqual([]);
        expect(shown).not.toContain('\n');
      }),
    );
  });

  it.each([
    ['a: b', 'a: b'],
    ['grün 😀 [a]', 'grün 😀 [a]'],
    ['a::b', 'a::b'],
    ['::error::x', String.raw`\u{3a}:error::x`],
    ['  ::error::x', String.raw`  \u{3a}:error::x`],
    ['see ##[error]x', String.raw`see #\u{23}[error]x`],
    ['a\nb', String.raw`a\u{a}b`],
  ])('of %j is %j', (text, shown) => {
    expect(showLine(text)).toBe(shown);
  });
});
