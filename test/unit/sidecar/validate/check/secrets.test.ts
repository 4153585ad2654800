import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckName } from '../../../../../src/config/parse-validate.ts';
import { runCheck } from './run-check.ts';

const SECRET = 'hUnTeR2sWoRdFiSh';

/** What files are made of, and what breaks them, with the secret in every place. */
const blanks = ['\n', '\n  ', ' ', '\t', ': ', ' = ', '=', ', ', '- '];
const quotes = ['"', "'", '"""', '\\', '|', '>'];
const brackets = ['{', '}', '[', ']'];
const signs = ['&', '*', '!', '!!', '%', '@', '<<', '#', '---', '1', 'true', '\u0000'];
const pem = ['-----BEGIN ', '-----END ', '-----', 'CERTIFICATE', 'PRIVATE KEY'];
const piece = fc.oneof(
  fc.constant(SECRET),
  fc.constantFrom(...blanks),
  fc.constantFrom(...quotes, ...brackets),
  fc.constantFrom(...signs, ...pem),
);

const names: CheckName[] = [
  'json',
  'yaml',
  'toml',
  'ini',
  'env',
  'pem',
  'certificate',
  'not-empty',
];

describe('the reason of a check', () => {
  it.each(names)('never holds a piece of the content: %s', async (name) => {
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), async (pieces) => {
        const problem = await runCheck(name, pieces.join(''));
        for (let at = 0; at + 4 <= SECRET.length; at += 1) {
          expect(problem?.reason ?? '').not.toContain(SECRET.slice(at, at + 4));
        }
      }),
      { numRuns: 500 },
    );
  });
});
