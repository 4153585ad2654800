import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/system/clock.ts';
import { SwappedWhileReading } from '../../../../src/sidecar/mount/swapped.ts';
import { readMount } from '../../../../src/sidecar/snapshot/read-mount.ts';
import type { Snapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { openContent } from '../../../../src/sidecar/validate/read-content.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';

async function snapshotOf(path: string): Promise<Snapshot> {
  const reading = await readMount({ path }, systemClock);
  if ('problem' in reading) throw new Error(reading.problem.reason);
  return reading.snapshot;
}

describe('openContent', () => {
  it('reads the keys of the snapshot, and no others', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one', 'sub/b': 'two' });
    using content = openContent(volume.root, await snapshotOf(volume.root));
    expect(content.read('app.conf')?.toString()).toBe('one');
    expect(content.read('sub/b')?.toString()).toBe('two');
    expect(content.read('..data')).toBeUndefined();
    expect(content.read('gone')).toBeUndefined();
  });

  it('keeps to the directory that it opened, while the volume is pointed elsewhere', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    using content = openContent(volume.root, await snapshotOf(volume.root));
    symlinkSync('nowhere', join(volume.root, '..data_tmp'));
    renameSync(join(volume.root, '..data_tmp'), join(volume.root, '..data'));
    expect(content.read('app.conf')?.toString()).toBe('one');
  });

  it('refuses content of another generation', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one', other: 'x' });
    const snapshot = await snapshotOf(volume.root);
    using before = openContent(volume.root, snapshot);
    await volume.write({ 'app.conf': 'two', other: 'x' });
    using after = openContent(volume.root, snapshot);
    expect(() => before.read('app.conf')).toThrow(SwappedWhileReading);
    expect(() => after.read('app.conf')).toThrow(SwappedWhileReading);
    expect(after.read('other')?.toString()).toBe('x');
  });

  it('takes a mount that is gone for a swap', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    const snapshot = await snapshotOf(volume.root);
    volume.tearDown();
    expect(() => openContent(volume.root, snapshot)).toThrow(SwappedWhileReading);
  });
});
