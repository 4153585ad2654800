import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIdentity, readLayout } from '../../../../src/sidecar/mount/layout.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

describe('a path that cannot be looked at', () => {
  it('has no identity and is no crash', async () => {
    await using dir = await createTempDir();
    const loop = join(dir.path, 'loop');
    symlinkSync('loop', loop);
    for (const path of [loop, join(loop, 'below'), join(dir.path, 'missing'), 'x'.repeat(5000)]) {
      expect(readIdentity(path)).toBeUndefined();
    }
  });

  it('is told from one that is not there', async () => {
    await using dir = await createTempDir();
    const loop = join(dir.path, 'loop');
    symlinkSync('loop', loop);
    expect(readLayout(join(loop, 'below'), false)).toEqual({ kind: 'unreadable', reason: 'ELOOP' });
    expect(readLayout(join(dir.path, 'missing'), true)).toEqual({ kind: 'absent' });
  });
});

describe('the identity of a directory', () => {
  it('is the same through a link, and another for another directory', async () => {
    await using dir = await createTempDir();
    const [one, other, link] = ['one', 'other', 'link'].map((name) => join(dir.path, name));
    mkdirSync(one ?? '');
    mkdirSync(other ?? '');
    symlinkSync('one', link ?? '');
    expect(readIdentity(link ?? '')).toBe(readIdentity(one ?? ''));
    expect(readIdentity(other ?? '')).not.toBe(readIdentity(one ?? ''));
  });
});
