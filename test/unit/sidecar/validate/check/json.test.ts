import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonError } from '../../../../../src/sidecar/validate/check/json-error.ts';
import { runCheck } from './run-check.ts';

describe('checkJson', () => {
  it.each(['{}', ' [1, -2.5e+3, "a\\u00e9\\n", true, null]\n', '"x"', '0', '{"a":{"b":[]}}'])(
    'accepts %j',
    async (text) => {
      expect(await runCheck('json', text)).toBeUndefined();
    },
  );

  it.each<[text: string, line: number, column: number, reason: string]>([
    ['', 1, 1, 'the text ends where a value is expected'],
    ['{\n  "a": 1,\n}', 3, 1, 'a comma stands before the closing bracket'],
    ['[1,2,]', 1, 6, 'a comma stands before the closing bracket'],
    ['{"a": }', 1, 7, 'a value is expected'],
    ['{"a": b}', 1, 7, 'a value is expected'],
    ['{a: 1}', 1, 2, 'a key in double quotes is expected'],
    ['{"a": 1, b: 2}', 1, 10, 'a key in double quotes is expected'],
    ["{'a': 1}", 1, 2, 'strings must be in double quotes'],
    ['{"a" 1}', 1, 6, 'a colon is expected'],
    ['{"a": 1 "b": 2}', 1, 9, 'a comma or the closing bracket is expected'],
    ['[1}', 1, 3, 'a comma or the closing bracket is expected'],
    ['[1', 1, 3, 'the text ends where a comma or ] is expected'],
    ['{"a":1', 1, 7, 'the text ends where a comma or } is expected'],
    ['[tru]', 1, 2, 'something stands here that JSON does not know'],
    ['[1.]', 1, 2, 'a number is incomplete'],
    ['["a\u0001"]', 1, 2, 'a string holds a control character'],
    ['[01]', 1, 3, 'a comma or the closing bracket is expected'],
    ['{} {}', 1, 4, 'something follows after the end of the value'],
    ['{\n// why\n}', 2, 1, 'comments are not allowed'],
    ['# why\n{}', 1, 1, 'comments are not allowed'],
    ['"a', 1, 1, 'a string is not closed on its line'],
    ['["a\nb"]', 1, 2, 'a string is not closed on its line'],
    ['["\\x"]', 1, 2, 'a string holds an unknown escape'],
  ])('refuses %j', async (text, line, column, reason) => {
    expect(await runCheck('json', text)).toEqual({
      line,
      column,
      reason: `is not JSON: ${reason}`,
    });
  });

  it('names a byte order mark', async () => {
    expect(await runCheck('json', '\uFEFF{}')).toEqual({
      reason: 'is not JSON: begins with a byte order mark',
    });
  });

  it('names the line that is no text', async () => {
    const content = Buffer.concat([
      Buffer.from('{\n"a": "'),
      Buffer.from([0xff]),
      Buffer.from('"}'),
    ]);
    expect(await runCheck('json', content)).toEqual({
      line: 2,
      reason: 'is not text: the line is not UTF-8',
    });
  });

  it('survives brackets without end', async () => {
    expect(await runCheck('json', '['.repeat(1_000_000))).toEqual({
      line: 1,
      column: 1,
      reason: 'is not JSON: the nesting is too deep',
    });
  });
});

describe('findJsonError', () => {
  /** JSON with a few characters changed, so that both verdicts are common. */
  const nearly = fc
    .tuple(
      fc.json(),
      fc.array(
        fc.tuple(
          fc.nat(),
          fc.constantFrom('', ',', '"', '}', ']', '{', '[', ':', '\\', '1', ' ', 'e', '-'),
        ),
      ),
    )
    .map(([text, edits]) =>
      edits.reduce((edited, [at, by]) => {
        const index = edited.length === 0 ? 0 : at % edited.length;
        return edited.slice(0, index) + by + edited.slice(index + 1);
      }, text),
    );

  it('finds an error exactly where the parser of JavaScript finds one', () => {
    fc.assert(
      fc.property(nearly, (text) => {
        const error = findJsonError(text);
        expect(error === undefined).toBe(isJson(text));
        expect(error?.offset ?? 0).toBeLessThanOrEqual(text.length);
      }),
      { numRuns: 2000 },
    );
  });
});

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
