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

const help = helpOf();
const [, listed = ''] = /^Commands:\n((?: .*\n)+)/m.exec(help) ?? [];
const commands = [...listed.matchAll(/^ {2}(\w+)/gm)].flatMap(([, name]) => name ?? []);

describe.each([[[]], ...commands.map((name) => [[name]])])('the help of rehup %s', (command) => {
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
  it('lists the commands of the sidecar', () => {
    expect(commands).toEqual(expect.arrayContaining(['run', 'once', 'trigger', 'status']));
  });

  it.each(optionNames)('has the option %s with its variable and its default', (name) => {
    const { flag, default: fallback } = { ...options[name] };
    const [, paragraph = ''] =
      new RegExp(`^  --${flag} ([^]*?)\n(?=  --|\n)`, 'm').exec(help) ?? [];
    const words = paragraph.replaceAll(/\s+/g, ' ');

    expect(words).toContain(`[${environmentName(flag)}]`);
    expect(words).toContain(fallback === undefined ? '' : `(default: ${fallback})`);
  });

  it.each(Object.values(exitCodes))('says what exit code %i means', (code) => {
    expect(help).toMatch(new RegExp(`^ +${code} {2}\\w`, 'm'));
  });
});
