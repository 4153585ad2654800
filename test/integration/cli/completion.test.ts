import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';

import { optionNames, options } from '../../../src/config/options.ts';
import { isInstalled } from '../../support/abilities.ts';
import { rehupCommand } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

async function printScript(shell: string): Promise<string> {
  const [file = '', ...args] = rehupCommand(['completion', shell]);
  const { stdout } = await execa(file, args, { extendEnv: false });
  return `${stdout}\n`;
}

let bashScript = '';
beforeAll(async () => {
  bashScript = await printScript('bash');
});

/** What bash offers for the last of these words, by the function that it would call itself. */
async function complete(words: readonly string[]): Promise<string[]> {
  const ask = `
    compopt() { :; } # bash has it only while it completes what is typed
    COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
    _rehup rehup
    printf '%s\\n' "\${COMPREPLY[@]}"`;
  const script = `${bashScript}${ask}`;
  const { stdout } = await execa('bash', ['--norc', '-c', script, 'bash', ...words]);
  return stdout.split('\n').filter(Boolean);
}

const commands = ['completion', 'once', 'restart', 'run', 'simulate', 'status', 'trigger'];

describe('completion in bash', () => {
  it('offers the commands', async () => {
    expect(await complete(['rehup', ''])).toEqual(expect.arrayContaining(commands));
  });

  it.each([[[]], [['run']], [['once']]])(
    'offers every option of the sidecar after rehup %s',
    async (command) => {
      const flags = optionNames.map((name) => `--${options[name].flag}`);
      expect(await complete(['rehup', ...command, '--'])).toEqual(expect.arrayContaining(flags));
    },
  );

  it.each([
    [['rehup', 'tri'], ['trigger']],
    [['rehup', '--watch-m'], ['--watch-mode']],
    [
      ['rehup', '--watch-mode', ''],
      ['auto', 'inotify', 'poll'],
    ],
    [['rehup', 'run', '--watch-mode', 'po'], ['poll']],
    [
      ['rehup', '--watch-mode', '='],
      ['auto', 'inotify', 'poll'],
    ],
    [['rehup', '--watch-mode', '=', 'in'], ['inotify']],
    [['rehup', '--dry-run', 't'], ['true']],
    [['rehup', '--signal', 'SIGHU'], ['SIGHUP']],
    [['rehup', '--signal', 'SIGKIL'], []],
    [['rehup', '--timeout', ''], []],
    [
      ['rehup', 'status', '--output', ''],
      ['text', 'json'],
    ],
    [['rehup', 'completion', 'z'], ['zsh']],
    // The --timeout of a tool is its own, and it has no --watch.
    [['rehup', 'restart', '--wa'], ['--wait']],
  ])('%j: %j', async (words, offered) => {
    expect(await complete(words)).toEqual(offered);
  });

  it('offers files where an option takes one', async () => {
    await using directory = await createTempDir('rehup-completion-');
    const path = join(directory.path, 'rehup.yaml');
    await writeFile(path, '');
    expect(await complete(['rehup', '--config', join(directory.path, 're')])).toEqual([path]);
  });
});

describe.each([
  ['bash', ['-n']],
  ['zsh', ['-n']],
  ['fish', ['--no-execute']],
] as const)('the script for %s', (shell, check) => {
  const missing = !isInstalled(shell);
  let script = '';
  beforeAll(async () => {
    script = await printScript(shell);
  });

  it.skipIf(missing)(`is well-formed${missing ? ` (skipped: no ${shell} here)` : ''}`, async () => {
    await using directory = await createTempDir('rehup-completion-');
    const path = join(directory.path, 'script');
    await writeFile(path, script);
    const { exitCode, stderr } = await execa(shell, [...check, path], { reject: false });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  it('names every option and every command', () => {
    for (const name of optionNames) expect(script).toContain(options[name].flag);
    for (const command of commands) expect(script).toContain(command);
  });
});

it('asks which shell it is for', async () => {
  const [file = '', ...args] = rehupCommand(['completion', 'tcsh']);
  const { exitCode, stderr } = await execa(file, args, { extendEnv: false, reject: false });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('Allowed choices are bash, zsh, fish');
});
