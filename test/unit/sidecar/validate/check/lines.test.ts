import { describe, expect, it } from 'vitest';
import { runCheck } from './run-check.ts';

describe('checkIni', () => {
  it.each([
    '',
    '; why\n# why\n[section]\nkey = value\nother: value\nempty =\n',
    'key=value\r\n[section] ; why\r\n',
    '[remote "origin"]\n\turl = https://example.com/a]b\n',
    '[mysqld]\nskip-networking\n!includedir /etc/mysql/conf.d/\n',
    'long = one\n   two three\n',
    '\uFEFF[section]\n',
    '[a "b]c"]\n',
  ])('accepts %j', async (text) => {
    expect(await runCheck('ini', text)).toBeUndefined();
  });

  it.each<[text: string, line: number, column: number, reason: string]>([
    ['a = 1\n[section\n', 2, 1, 'a section header is not closed'],
    ['[]\n', 1, 1, 'a section has no name'],
    ['[a] b\n', 1, 1, 'something follows after a section header'],
    ['= value\n', 1, 1, 'a value has no key'],
    ['[a]\n  no key here\n', 2, 3, 'the line is neither a section nor a key with a value'],
  ])('refuses %j', async (text, line, column, reason) => {
    expect(await runCheck('ini', text)).toEqual({ line, column, reason: `is not INI: ${reason}` });
  });
});

describe('checkEnv', () => {
  it.each([
    '',
    '# why\n\nA=1\nB = two words # why\nexport C_3=x\nD=\n',
    'A="one\ntwo" # why\nB=\'it\n"s\'\n',
    'A="say \\"hi\\""\r\nB=it\'s\r\n',
    '\uFEFFA=1',
  ])('accepts %j', async (text) => {
    expect(await runCheck('env', text)).toBeUndefined();
  });

  it.each<[text: string, line: number, column: number, reason: string]>([
    ['A=1\n1B=2\n', 2, 1, 'a name of a variable is expected'],
    ['A=1\n=2\n', 2, 1, 'a name of a variable is expected'],
    ['A=1\nB\nC=2\n', 2, 2, 'a = is expected after the name'],
    ['A: 1\n', 1, 2, 'a = is expected after the name'],
    ['A=1\nB="x\nC=2\n', 2, 3, 'a quote is never closed'],
  ])('refuses %j', async (text, line, column, reason) => {
    expect(await runCheck('env', text)).toEqual({
      line,
      column,
      reason: `is not an env file: ${reason}`,
    });
  });
});

describe('checkNotEmpty', () => {
  it.each(['x', ' x ', '\0'])('accepts %j', async (text) => {
    expect(await runCheck('not-empty', text)).toBeUndefined();
  });

  it.each(['', ' \t\r\n\n'])('refuses %j', async (text) => {
    expect(await runCheck('not-empty', text)).toEqual({ reason: 'is empty' });
  });
});
