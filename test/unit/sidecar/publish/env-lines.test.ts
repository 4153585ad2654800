import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CannotWriteEnv,
  fromEnvLines,
  toEnvLines,
} from '../../../../src/sidecar/publish/env-lines.ts';
import { readKubeletEnvFile } from '../../../support/kubelet-env-file.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

function write(key: string, content: string | Buffer): string {
  return toEnvLines(key, Buffer.from(content));
}

const VALUES = [
  'debug',
  '',
  ' two  words ',
  '{"json": [1, 2, "#three"]}',
  '$HOME `id` $(id) \\ "double" !x ~ *',
  'first\n\n  third\n',
  '# no comment\nNAME=value',
  '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
  'a carriage \r return',
  'Grüße, 世界 🌍',
];

describe('the form env', () => {
  it('makes of a key a variable that the kubelet and a shell read as it is', async () => {
    await using dir = await createTempDir();
    for (const value of VALUES) {
      const text = write('THE_KEY', value);
      expect(readKubeletEnvFile(text, 'THE_KEY')).toBe(value);
      const file = join(dir.path, 'file');
      writeFileSync(file, text);
      const script = '. "$1" && printf %s "$THE_KEY"';
      expect(execFileSync('sh', ['-c', script, 'sh', file], { encoding: 'utf8' })).toBe(value);
    }
  });

  it('rewrites a key that holds such lines, without what is no variable', () => {
    const text = `# a comment
LEVEL=debug

  URL='http://app/?a=b#c' # another one
MULTI='one
two'
EMPTY=
LAST='x'`;
    expect(write('app.env', text)).toBe(
      "LEVEL='debug'\nURL='http://app/?a=b#c'\nMULTI='one\ntwo'\nEMPTY=''\nLAST='x'\n",
    );
  });

  it.each([
    ['NAME', "it's", "the key NAME has a ', for which single quotes have no way"],
    ['NAME', 'a\0b', 'the key NAME has a NUL character, which no variable can hold'],
    [
      'NAME',
      'a\r\nb',
      'the key NAME has a carriage return at the end of a line, which would be lost',
    ],
    [
      'NAME',
      'x'.repeat(64 * 1024),
      'the key NAME has a line of more than 64 KiB, which the kubelet does not read',
    ],
    [
      'NAME',
      'line\n'.repeat(30_000),
      'the key NAME is longer than the 128 KiB that a variable can hold',
    ],
    [
      'NAME',
      Buffer.from([0xff]),
      'the key NAME is no UTF-8, of which the kubelet makes no variable',
    ],
    [
      'app.env',
      '',
      'the key app.env is neither the name of a variable (letters, digits and _) nor holds any',
    ],
    ['log-level', 'debug', 'the key log-level, line 1, has no NAME= at its begin'],
    ['app.env', 'A=1\nB', 'the key app.env, line 2, has no NAME= at its begin'],
    ['app.env', 'export A=1', 'the key app.env, line 1, has no NAME= at its begin'],
    ['app.env', 'A.B=1', 'the key app.env, line 1, has no name of a variable before its ='],
    [
      'app.env',
      '\nA="1"',
      'the key app.env, line 2, has a value that is not in single quotes as a whole',
    ],
    [
      'app.env',
      "A='1''2'",
      'the key app.env, line 1, has a value that is not in single quotes as a whole',
    ],
    [
      'app.env',
      "A='1'$B",
      'the key app.env, line 1, has a value that is not in single quotes as a whole',
    ],
    [
      'app.env',
      'A=one two',
      'the key app.env, line 1, has a value that is not in single quotes as a whole',
    ],
    [
      'app.env',
      "A='1",
      'the key app.env, line 1, has a value that is not in single quotes as a whole',
    ],
    ['app.env', "A='1'\nA='2'", 'the key app.env, line 2, has a name for the second time'],
  ])('refuses %s with %j', (key, content, reason) => {
    expect(() => write(key, content)).toThrow(new CannotWriteEnv(reason));
  });

  it('is read back as it was, or refused, whatever it is', () => {
    const pieces = ["'", '"', '#', '=', '\n', '\r', ' ', '$', 'A', 'B_1', '\\', '\0', 'é'];
    const piece = fc.constantFrom(...pieces);
    const anyText = fc.array(piece, { maxLength: 30 }).map((list) => list.join(''));
    fc.assert(
      fc.property(anyText, (value) => {
        const refused = /['\0]|\r(?:\n|$)/.test(value);
        const text = tryToWrite('A', value);
        expect(text instanceof Error).toBe(refused);
        expect(text instanceof Error ? value : readKubeletEnvFile(text, 'A')).toBe(value);
      }),
    );
    fc.assert(
      fc.property(anyText, (content) => {
        const text = tryToWrite('app.env', content);
        const again = text instanceof Error ? text : write('app.env', text);
        // What is written is written so again.
        expect(again).toBe(text);
        const read = text instanceof Error ? undefined : readKubeletEnvFile(text, 'NOT_THERE');
        expect(read).toBeUndefined();
      }),
    );
  });

  it('never shows a value', () => {
    const secrets = [
      "hunter2'",
      'A="hunter2"',
      'A=hunter2 x',
      "A='hunter2'\nA='hunter2'",
      'hunter2',
      'A=1\nhun+ter2=',
      'A=1\nhunter2=\nhunter2=',
    ];
    for (const secret of secrets) {
      const refused = tryToWrite('app.env', secret);
      expect(refused).toBeInstanceOf(CannotWriteEnv);
      expect(String(refused)).not.toMatch(/hun.?ter2/);
    }
  });
});

describe('what environment variables were made of', () => {
  it.each([
    { key: 'MODE', content: 'fast' },
    { key: 'MODE', content: '' },
    { key: 'MODE', content: 'two\nlines\n' },
    { key: 'app.env', content: "A=1\nB='two words'\n" },
  ])('makes the same of $key again: $content', ({ key, content }) => {
    const lines = toEnvLines(key, Buffer.from(content));
    const before = fromEnvLines(key, Buffer.from(lines));
    expect(toEnvLines(key, before)).toBe(lines);
  });
});

/** What is written, or why nothing is. */
function tryToWrite(key: string, content: string): string | CannotWriteEnv {
  try {
    return write(key, content);
  } catch (error) {
    if (error instanceof CannotWriteEnv) return error;
    throw error;
  }
}
