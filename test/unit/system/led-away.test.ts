import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requireInVolume } from '../../../src/system/led-away.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** Two volumes in a directory: `shared`, which others write to, and `account`, with a token. */
async function look(
  path: string,
  make: (dir: string) => void,
  mounted = ['shared', 'account'],
): Promise<void> {
  await using temp = await createTempDir();
  const dir = realpathSync(temp.path);
  for (const name of ['shared', 'account']) mkdirSync(join(dir, name));
  writeFileSync(join(dir, 'account/token'), 'x');
  make(dir);
  const points = ['/', ...mounted.map((name) => join(dir, name))];
  requireInVolume(join(dir, path), realpathSync(join(dir, path)), points);
}

const kubelet = (dir: string): void => {
  mkdirSync(join(dir, 'shared/..2026_01_01/a'), { recursive: true });
  writeFileSync(join(dir, 'shared/..2026_01_01/a/key'), 'x');
  symlinkSync('..2026_01_01', join(dir, 'shared/..data'));
  symlinkSync('..data/a', join(dir, 'shared/a'));
};

describe('a file that is sent to others', () => {
  it.each<[string, string, (dir: string) => void]>([
    ['is no link', 'account/token', () => {}],
    ['is a key of a volume of the kubelet', 'shared/a/key', kubelet],
    ['is linked from the image', 'link', (dir) => symlinkSync('account/token', join(dir, 'link'))],
    [
      'is in a directory that is linked from the image',
      'run/a/key',
      (dir) => {
        kubelet(dir);
        symlinkSync('shared', join(dir, 'run'));
      },
    ],
  ])('is taken where it %s', async (_, path, make) => {
    await expect(look(path, make)).resolves.toBeUndefined();
  });

  it.each<[string, string, (dir: string) => void]>([
    ['itself', 'shared/token', (dir) => symlinkSync('../account/token', join(dir, 'shared/token'))],
    [
      'by an absolute path',
      'shared/token',
      (dir) => symlinkSync(join(dir, 'account/token'), join(dir, 'shared/token')),
    ],
    [
      'with its directory',
      'shared/run/token',
      (dir) => symlinkSync('../account', join(dir, 'shared/run')),
    ],
    [
      'behind a link of the image',
      'run/token',
      (dir) => {
        symlinkSync('shared', join(dir, 'run'));
        symlinkSync('../account/token', join(dir, 'shared/token'));
      },
    ],
    [
      'to the image',
      'shared/token',
      (dir) => {
        writeFileSync(join(dir, 'file'), 'x');
        symlinkSync('../file', join(dir, 'shared/token'));
      },
    ],
  ])('is refused where a link in a volume leads out of it: %s', async (_, path, make) => {
    await expect(look(path, make)).rejects.toThrow(
      'a link leads out of its volume, and others may have put it there',
    );
  });
});
