import { runInNewContext } from 'node:vm';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeBeyondAscii } from '../../../scripts/one-byte.ts';

/** What a piece of JavaScript is worth. */
function evaluate(code: string): unknown {
  return runInNewContext(code);
}

describe('code without characters beyond ASCII', () => {
  it.each([
    ["'a – b…'", 'a – b…'],
    ['`${1 + 1} × 😀`', '2 × 😀'],
    ['/^[–—]+$/.test("–—")', true],
    ['/^[😀-😂]$/u.test("😁")', true],
    ['(() => { const größe = 3; return größe; })()', 3],
    ["({ 'é': 1 }).é", 1],
  ])('does the same: %s', (code, value) => {
    const escaped = escapeBeyondAscii(code);
    expect(escaped).toMatch(/^[\0-\x7f]*$/);
    expect(evaluate(escaped)).toBe(value);
  });

  it('holds the same texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(evaluate(escapeBeyondAscii(JSON.stringify(text)))).toBe(text);
      }),
    );
  });
});
