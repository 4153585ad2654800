import { closeSync, existsSync, fstatSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { recordWatchEvents } from '../../support/watch-recorder.ts';
import { hex, readData, tsDirs, visibleLinks } from './volume-view.ts';

describe('a tear-down', () => {
  it('leaves whoever holds the root with an empty directory without a link', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1', b: '1' });
    const handle = openSync(volume.root, 'r');
    try {
      volume.tearDown();
      expect(existsSync(volume.root)).toBe(false);
      expect(fstatSync(handle).nlink).toBe(0);
      expect(readdirSync(`/proc/self/fd/${handle}`)).toEqual([]);
    } finally {
      closeSync(handle);
    }
  });

  it('is seen by a watch as the removal of every entry', async () => {
    await using volume = await createKubeletVolume({ tearDownLeaves: 'empty-root' });
    await volume.write({ a: '1' });
    using recorder = recordWatchEvents(volume.root);
    volume.tearDown();
    const events = await recorder.until(({ length }) => length === 3);
    expect(events.map(String).toSorted()).toEqual(['rename,..data', 'rename,TS1', 'rename,a']);
  });

  it('refuses writes until the volume is set up again, at the same path', async () => {
    await using volume = await createKubeletVolume();
    const { root } = volume;
    await volume.write({ a: '1' });
    volume.tearDown();
    await expect(volume.write({ a: '1' })).rejects.toThrow('call setUpAnew() first');
    volume.setUpAnew();
    expect(volume.root).toBe(root);
    expect(readdirSync(root)).toEqual([]);
    expect(await volume.write({ a: '1' })).toBe(true);
  });

  it.each([
    { leaves: 'empty-root' as const, oldContent: {} },
    { leaves: 'stale-root' as const, oldContent: { a: '..data/a' } },
  ])('with $leaves keeps the old root apart from the new one', async ({ leaves, oldContent }) => {
    await using volume = await createKubeletVolume({ tearDownLeaves: leaves });
    const { root } = volume;
    await volume.write({ a: 'old' });
    volume.tearDown();
    volume.setUpAnew();
    await volume.write({ a: 'new' });
    expect(volume.root).not.toBe(root);
    expect(readData(volume.root)).toEqual({ a: hex('new') });
    expect(visibleLinks(root)).toEqual(oldContent);
  });

  it('follows a write that fails, as where a file on disk is a directory in the payload', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    await expect(volume.write({ 'a/b': '1' })).rejects.toMatchObject({ code: 'ENOTDIR' });
    expect(existsSync(volume.root)).toBe(false);
  });
});

describe('the removal of the old directory', () => {
  it('leaves files that are open readable', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: 'old' });
    const handle = openSync(join(volume.root, 'a'), 'r');
    try {
      await volume.write({ a: 'new' });
      expect(readFileSync(handle, 'utf8')).toBe('old');
      expect(fstatSync(handle).nlink).toBe(0);
    } finally {
      closeSync(handle);
    }
  });
});

describe('a sync of the permissions only', () => {
  it('walks in G0 with fsGroup and does nothing otherwise', async () => {
    const group = process.getgid?.() ?? 0;
    await using walking = await createKubeletVolume({ generation: 'G0', fsGroup: group });
    await using later = await createKubeletVolume({ generation: 'G2', fsGroup: group });
    await using groupless = await createKubeletVolume({ generation: 'G0' });
    for (const volume of [walking, later, groupless]) await volume.write({ a: '1' });
    using recorder = recordWatchEvents(walking.root);
    const walked = [walking, later, groupless].map((volume) => volume.syncPermissionsOnly());
    expect(walked).toEqual([true, false, false]);
    const events = await recorder.until(({ length }) => length === 2);
    expect(events).toEqual([
      ['rename', 'TS1'],
      ['rename', 'volume'],
    ]);
    expect(tsDirs(walking.root)).toHaveLength(1);
  });
});
