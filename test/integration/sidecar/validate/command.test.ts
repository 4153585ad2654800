import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { treeCommand, waitForEnd, waitForPids } from '../../../support/process-tree.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';
import { createValidate } from './validation-scene.ts';

/** A Node program as the value of the option. */
function command(text: string): string {
  return JSON.stringify([process.execPath, '--input-type=module', '--eval', text, '--']);
}

const change = { added: [], changed: ['app.conf'], removed: [] };

describe('validation by a command', () => {
  it('gives the directory of this generation as the last argument, and the change besides', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const { validate, lines } = createValidate(
      {
        REHUP_VALIDATE_EXEC: command(`
          import { readFileSync } from 'node:fs';
          const directory = process.argv.at(-1);
          console.log(directory, process.env.REHUP_CHANGED, readFileSync(directory + '/app.conf', 'utf8'));
        `),
      },
      [volume.root],
    );
    const changes = new Map([[volume.root, change]]);
    expect(await validate({ changes })).toBeUndefined();
    const directory = realpathSync(join(volume.root, '..data'));
    expect(lines).toEqual([{ stream: 'stdout', text: `${directory} ${volume.root}/app.conf one` }]);
  });

  it('is asked about each mount that changed, or about all where that is not known', async () => {
    await using one = await createTempDir();
    await using other = await createTempDir();
    const env = { REHUP_VALIDATE_EXEC: command('console.log(process.argv.at(-1))') };
    const { validate, lines } = createValidate(env, [one.path, other.path]);
    await validate({ changes: new Map([[other.path, change]]) });
    expect(lines.map(({ text }) => text)).toEqual([other.path]);
    await validate();
    expect(lines.map(({ text }) => text)).toEqual([other.path, one.path, other.path]);
  });

  it('logs what the program says, and keeps it out of the reason', async () => {
    await using directory = await createTempDir();
    const env = {
      REHUP_VALIDATE_EXEC: command(`console.error('bad line: hunter2'); process.exitCode = 4;`),
    };
    const { validate, lines } = createValidate(env, [directory.path]);
    const failure = await validate();
    expect(failure).toEqual({
      outcome: 'invalid',
      reason: `${directory.path}: the check ${process.execPath} ended with exit code 4`,
      remedy: expect.stringContaining('"command output"') as string,
    });
    expect(lines).toEqual([{ stream: 'stderr', text: 'bad line: hunter2' }]);
  });

  it('is not asked about content that the built-in checks refuse', async () => {
    await using directory = await createTempDir();
    writeFileSync(join(directory.path, 'a.json'), '{');
    const env = { REHUP_VALIDATE: '*=json', REHUP_VALIDATE_EXEC: command('console.log(1)') };
    const { validate, lines } = createValidate(env, [directory.path]);
    expect(await validate()).toMatchObject({ outcome: 'invalid' });
    expect(lines).toEqual([]);
  });

  it('is no verdict where it cannot be started or does not end', async () => {
    await using directory = await createTempDir();
    const missing = createValidate({ REHUP_VALIDATE_EXEC: '/no/such/check -t' }, [directory.path]);
    expect(await missing.validate()).toMatchObject({
      outcome: 'rejected',
      reason:
        'the command /no/such/check cannot be started: there is no such program in the rehup container (ENOENT)',
      remedy: expect.stringContaining('REHUP_VALIDATE_EXEC') as string,
    });
    const endless = {
      REHUP_VALIDATE_EXEC: command('setInterval(() => {}, 60_000)'),
      REHUP_TIMEOUT: '100ms',
    };
    expect(await createValidate(endless, [directory.path]).validate()).toMatchObject({
      outcome: 'timed-out',
    });
  });

  it('ends with all it started when rehup stops', async () => {
    await using directory = await createTempDir();
    await using pidDirectory = await createTempDir();
    const env = {
      REHUP_VALIDATE_EXEC: JSON.stringify(treeCommand(pidDirectory.path, 1, 'inherit')),
    };
    const stop = new AbortController();
    const validation = createValidate(env, [directory.path]).validate({}, stop.signal);
    const pids = await waitForPids(pidDirectory.path, 2);
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(validation).rejects.toBe(reason);
    await waitForEnd(pids);
  });

  it('starts over where the volume is swapped meanwhile, and judges what is there now', async () => {
    await using volume = await createKubeletVolume();
    await using signs = await createTempDir();
    await volume.write({ 'app.conf': 'good' });
    const seen = join(signs.path, 'seen');
    const swapped = join(signs.path, 'swapped');
    const { validate } = createValidate(
      {
        REHUP_VALIDATE_EXEC: command(`
          import { existsSync, readFileSync, writeFileSync } from 'node:fs';
          const content = readFileSync(process.argv.at(-1) + '/app.conf', 'utf8');
          writeFileSync(${JSON.stringify(seen)}, content + '\\n', { flag: 'a' });
          process.exitCode = content === 'good' ? 0 : 1;
          const wait = setInterval(() => existsSync(${JSON.stringify(swapped)}) && clearInterval(wait), 5);
        `),
      },
      [volume.root],
    );
    const verdict = validate();
    await waitFor('the first look', () => readFileSync(seen, 'utf8').endsWith('\n'));
    await volume.write({ 'app.conf': 'bad' });
    writeFileSync(swapped, '');
    expect(await verdict).toMatchObject({ outcome: 'invalid' });
    expect(readFileSync(seen, 'utf8')).toBe('good\nbad\n');
  });
});
