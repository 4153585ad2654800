import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../../src/config/file.ts';
import { ConfigError } from '../../../src/system/errors.ts';

const SECRET = 'hUnTeR2sWoRdFiSh';

/** What YAML is made of, and what breaks it, with the secret in every place. */
const piece = fc.oneof(
  fc.constant(SECRET),
  fc.constantFrom('\n', '\n  ', ' ', '\t', ': ', '- ', ', ', '"', "'", '\\', '|', '>'),
  fc.constantFrom('{', '}', '[', ']', '&', '*', '!', '!!', '%', '@', '<<', '#', '---', '...', '1'),
);

/** Of a text that is YAML, the names are told, since one may be misspelt. */
function complaintOf(text: string): string {
  try {
    parseConfigFile(text, 'rehup.yaml');
    return '';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.includes('is not YAML') ? error.message : '';
  }
}

describe('what is wrong with a configuration file', () => {
  it('is told without a piece of it', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
        expect(complaintOf(pieces.join(''))).not.toContain(SECRET.slice(0, 4));
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    [`url: *${SECRET}`, 'an alias has no anchor before it'],
    [`url: |${SECRET}`, 'something unexpected stands here'],
    [
      `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghi'
        .split('')
        .map((name, index) => {
          const before = 'abcdefghi'[index] ?? '';
          return `${name}: &${name} [${Array.from({ length: 9 }, () => `*${before}`).join(', ')}]`;
        })
        .join('\n')}`,
      'the aliases stand for too much',
    ],
  ])('says of %j: %s', (text, reason) => {
    expect(complaintOf(text)).toContain(reason);
  });
});
