import { execaSync } from 'execa';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommand } from '../../../src/config/parse-command.ts';

/** One piece of a word, as written. `$` only where a shell leaves it alone, too. */
const plain = fc.stringMatching(/^[\w.,:@%+=/^-]+$/);
const single = fc.stringMatching(/^[^'\0\r]*$/).map((text) => `'${text}'`);
const double = fc
  .array(
    fc.oneof(
      fc.stringMatching(/^[^"\\$`\0\r]+$/),
      fc.constantFrom('\\"', '\\\\', '\\$', '\\`', '\\n', "\\'", '\\ ', '\\\n'),
    ),
  )
  .map((parts) => `"${parts.join('')}"`);
const escaped = fc.oneof(
  fc.stringMatching(/^[|&;<>()$`\\"' *?[\]#~!{}\t]$/).map((char) => `\\${char}`),
  fc.constant('\\\n'),
);

const word = fc
  .array(fc.oneof(plain, single, double, escaped), { minLength: 1, maxLength: 5 })
  .map((pieces) => pieces.join(''));
const blank = fc.constantFrom(' ', '\t', '  ', ' \\\n ');
const commandLine = fc
  .array(fc.tuple(blank, word), { maxLength: 6 })
  .map((words) => `x${words.flat().join('')}`);

/** The words as the shell of this machine sees them. */
function splitByShell(line: string): string[] {
  const { stdout } = execaSync('/bin/sh', ['-c', `printf '%s\\0' ${line}`], {
    env: {},
    extendEnv: false,
    stripFinalNewline: false,
  });
  return stdout.split('\0').slice(0, -1);
}

describe('parseCommand', () => {
  it('splits words as a real shell does', () => {
    fc.assert(
      fc.property(commandLine, (line) => {
        expect(parseCommand(line)).toEqual(splitByShell(line));
      }),
      { numRuns: 300 },
    );
  });
});
