import { execFileSync } from 'node:child_process';
import { existsSync, lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readKubeletEnvFile } from '../../../support/kubelet-env-file.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

describe('a key of the form env', () => {
  it('is a file that the kubelet and a shell read, follows the source, and is held where it cannot be', async () => {
    await using volume = await createKubeletVolume();
    await using dir = await createTempDir();
    const published = join(dir.path, 'published');
    const at = (key: string): string => join(published, key);
    const kubelet = (key: string, name = key): string | undefined =>
      readKubeletEnvFile(readFileSync(at(key), 'utf8'), name);
    const shell = (key: string, name = key): string =>
      execFileSync('sh', ['-c', `. "$0" && printf %s "$${name}"`, at(key)], { encoding: 'utf8' });
    const limits = '{"most": [1, "#2"]}\n';
    await volume.write({ LOG_LEVEL: 'debug', LIMITS: limits, 'db.env': 'HOST=db\n', plain: 'x' });
    await using rehup = await startRehup({
      env: {
        REHUP_ACTION: 'none',
        REHUP_TARGET: 'name:nobody-has-this-name',
        REHUP_WATCH: volume.root,
        REHUP_PUBLISH: published,
        REHUP_PUBLISH_AS: '[A-Z]*=env,*.env=env',
        // What is validated is the value, without its quotes.
        REHUP_VALIDATE: 'LIMITS=json',
      },
    });
    await rehup.line({ msg: 'published' });
    for (const read of [kubelet, shell]) {
      expect(read('LOG_LEVEL')).toBe('debug');
      expect(read('LIMITS')).toBe(limits);
      expect(read('db.env', 'HOST')).toBe('db');
    }
    expect(lstatSync(at('LOG_LEVEL')).isFile()).toBe(true);
    expect(lstatSync(at('plain')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('plain'), 'utf8')).toBe('x');

    await volume.write({ LOG_LEVEL: "don't", LIMITS: limits, plain: 'y' });
    const held = await rehup.line({ msg: 'held' });
    expect(held.reason).toBe(
      "the key LOG_LEVEL has a ', for which single quotes have no way: it cannot be published in the form env",
    );
    expect([kubelet('LOG_LEVEL'), readFileSync(at('plain'), 'utf8')]).toEqual(['debug', 'x']);

    await volume.write({ LOG_LEVEL: 'info', LIMITS: '{', plain: 'y' });
    await rehup.line({ msg: 'held', changed: ['LIMITS', 'LOG_LEVEL', 'plain'] });
    await volume.write({ LOG_LEVEL: 'info', LIMITS: '{}', plain: 'y' });
    await rehup.line({ msg: 'published', changed: ['LIMITS', 'LOG_LEVEL', 'plain'] });
    expect([kubelet('LOG_LEVEL'), kubelet('LIMITS'), existsSync(at('db.env'))]).toEqual([
      'info',
      '{}',
      false,
    ]);
  });
});
