import { describe, expect, it } from 'vitest';
import { matchEach, TooSlow } from '../../../src/system/pattern.ts';

describe('a pattern', () => {
  it('is matched with each text', () => {
    expect(matchEach(/^ok 1$/m, ['bad 0\nok 1\n', 'ok 2', ''])).toEqual([true, false, false]);
    expect(matchEach(/x/, [])).toEqual([]);
  });

  it.each([
    ['a repetition in a repetition', /(a+)+$/, `${'a'.repeat(60)}!`],
    ['blanks between words', /^(\w+\s?)*$/, `${'a'.repeat(60)}!`],
    ['a reference to what was matched', /^(a+)+\1b$/, 'a'.repeat(60)],
    ['a look ahead', /^(?=(a+)+b)a/, 'a'.repeat(60)],
  ])('that is never done is given up: %s', (_, pattern, text) => {
    expect(() => matchEach(pattern, [text])).toThrow(TooSlow);
    // It leaves nothing behind.
    expect(matchEach(/a/, [text, 'b'])).toEqual([true, false]);
  });

  it('has one limit for all texts', () => {
    const texts = Array.from({ length: 1000 }, () => `${'a'.repeat(60)}!`);
    const before = performance.now();
    expect(() => matchEach(/(a+)+$/, texts)).toThrow('had not finished within 500 ms');
    expect(performance.now() - before).toBeLessThan(texts.length * 500);
  });
});
