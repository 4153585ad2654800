import { mkdirSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readIdentity, readLayout } from '../../../../src/sidecar/mount/layout.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
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

function layoutOf(path: string): { version: string; complete: boolean } {
  const layout = readLayout(path, false);
  if (layout.kind !== 'kubelet') throw new Error(`it is ${layout.kind}`);
  return layout;
}

describe('the layout of a kubelet volume', () => {
  it('is complete once the directory of the old generation is gone, and no other is left over', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    const complete: boolean[] = [];
    const between = (): void => void complete.push(layoutOf(volume.root).complete);
    await volume.write({ a: '2' }, { between });
    // From the making of the new directory to the removal of the old one.
    expect(complete.slice(complete.indexOf(false), complete.lastIndexOf(false))).not.toContain(
      true,
    );
    expect(complete.filter((is) => !is).length).toBeGreaterThan(3);
    expect(layoutOf(volume.root).complete).toBe(true);
    mkdirSync(join(volume.root, '..2020_01_02_03_04_05.678'));
    expect(layoutOf(volume.root).complete).toBe(false);
  });

  it('has another version after a swap, also to a directory that was there before', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    const before = layoutOf(volume.root);
    expect(layoutOf(volume.root).version).toBe(before.version);
    const target = readlinkSync(join(volume.root, '..data'));
    symlinkSync(target, join(volume.root, '..data_tmp'));
    renameSync(join(volume.root, '..data_tmp'), join(volume.root, '..data'));
    expect(layoutOf(volume.root).version).not.toBe(before.version);
  });

  it('has another version when a link comes or goes, which the kubelet makes up for later', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1', b: '1' });
    const before = layoutOf(volume.root);
    rmSync(join(volume.root, 'b'));
    expect(layoutOf(volume.root).version).not.toBe(before.version);
  });
});
