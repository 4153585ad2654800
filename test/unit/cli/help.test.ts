import { describe, expect, it } from 'vitest';

import { parseCommandLine } from '../../../src/cli/program.ts';
import { environmentName } from '../../../src/config/option.ts';
import { optionNames, options } from '../../../src/config/options.ts';
import { exitCodes } from '../../../src/system/errors.ts';

function helpOf(...command: readonly string[]): string {
  let text = '';
  const add = (part: string): void => {
    text += part;
  };
  const result = parseCommandLine([...command, '--help'], { out: add, error: add }, '1.2.3');
  expect(result).toEqual({ command: 'none', usageError: false });
  return text;
}

function say(...argv: readonly string[]): { text: string; usageError: boolean } {
  let text = '';
  const add = (part: string): void => {
    text += part;
  };
  const result = parseCommandLine(argv, { out: add, error: add }, '1.2.3');
  if (result.command !== 'none') throw new Error(`${argv.join(' ')} ran`);
  return { text, usageError: result.usageError };
}

const help = helpOf();
const [, listed = ''] = /^Commands:\n((?: .*\n)+)/m.exec(help) ?? [];
const commands = [...listed.matchAll(/^ {2}(\w+)/gm)].flatMap(([, name]) => name ?? []);
/** Those that only print something about the others. */
const about = ['help', 'options', 'version'];

const others = commands.filter((name) => !about.includes(name));

describe.each([[[]], ...others.map((name) => [[name]])])('the help of rehup %s', (command) => {
  const text = helpOf(...command);

  it('fits into a terminal of 100 columns', () => {
    expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });

  it('has examples and exit codes', () => {
    expect(text).toMatch(/^Usage: rehup/);
    expect(text).toMatch(/^Examples:$/m);
    expect(text).toMatch(/^Exit codes:/m);
  });
});

describe('the help', () => {
  const all = helpOf('run');

  it('begins with the commands, and shows a dozen of the options', () => {
    expect(help.indexOf('Commands:')).toBeLessThan(help.indexOf('Options:'));
    expect(help.match(/^ {2}--(?!color)/gm)).toHaveLength(12);
  });

  it('is also had by the words that people try', () => {
    expect(say('help', 'status').text).toBe(helpOf('status'));
    expect(say('options').text).toBe(all);
    for (const word of ['-v', '-V', '--version', 'version']) {
      expect(say(word)).toEqual({ text: '1.2.3\n', usageError: false });
    }
  });

  it.each([
    ['statsu', 'status'],
    ['dcotor', 'doctor'],
    ['lnit', 'lint'],
  ])('answers the misspelt command %s by the nearest one', (wrong, right) => {
    expect(say(wrong)).toMatchObject({
      text: expect.stringMatching(new RegExp(`no command ${wrong}; did you mean ${right}\\?`)),
      usageError: true,
    });
  });

  it.each(['status', 'doctor', 'trigger'])('of %s shows only what concerns it', (command) => {
    expect(helpOf(command)).not.toContain('--settle');
  });

  it('lists the commands of the sidecar', () => {
    expect(commands).toEqual(expect.arrayContaining(['run', 'once', 'trigger', 'status']));
  });

  it.each(optionNames)('has the option %s with its variable and its default', (name) => {
    const { flag, default: fallback } = { ...options[name] };
    const [, paragraph = ''] = new RegExp(`^  --${flag} ([^]*?)\n(?=  --|\n)`, 'm').exec(all) ?? [];
    const words = paragraph.replaceAll(/\s+/g, ' ');

    expect(words).toContain(`[${environmentName(flag)}]`);
    expect(words).toContain(fallback === undefined ? '' : `(default: ${fallback})`);
  });

  it.each(Object.values(exitCodes))('says what exit code %i means', (code) => {
    expect(help).toMatch(new RegExp(`^ +${code} {2}\\w`, 'm'));
  });
});
