import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Mount } from '../../../../src/sidecar/mount/mount.ts';
import {
  type MountReading,
  type MountReadOptions,
  readMount,
} from '../../../../src/sidecar/snapshot/read-mount.ts';
import { hashWhole, type Snapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { systemClock } from '../../../../src/system/clock.ts';
import { diffKeys } from '../../../../src/system/diff-keys.ts';
import {
  createKubeletVolume,
  type Payload,
  type StepName,
} from '../../../support/kubelet-volume.ts';
import { createManualClock } from '../../../support/manual-clock.ts';
import { serviceAccountToken } from '../../../support/service-account-token.ts';
import { sha256 } from '../../../support/snapshot-builder.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

/** The keys that are read of a volume with this content. */
async function readKeys(payload: Payload, only: Pick<Mount, 'only'>): Promise<string[]> {
  await using volume = await createKubeletVolume();
  await volume.write(payload);
  const reading = await readMount({ path: volume.root, ...only }, createManualClock());
  return 'snapshot' in reading ? [...reading.snapshot.keys.keys()].toSorted() : [];
}

describe('a mount of which only some paths are watched', () => {
  const payload = { 'a.conf': '1', 'a.conf.d/x': '1', 'b.conf': '1', 'd/x': '1', 'd/e/y': '1' };

  it.each([
    { only: undefined, keys: Object.keys(payload) },
    { only: ['a.conf'], keys: ['a.conf'] },
    { only: ['a.conf', 'b.conf'], keys: ['a.conf', 'b.conf'] },
    { only: ['d'], keys: ['d/e/y', 'd/x'] },
    { only: ['d/e'], keys: ['d/e/y'] },
    { only: ['gone.conf'], keys: [] },
  ])('$only holds $keys', async ({ only, keys }) => {
    expect(await readKeys(payload, { ...(only && { only }) })).toEqual(keys.toSorted());
  });
});

async function snapshotOf(path: string, options: MountReadOptions = {}): Promise<Snapshot> {
  const reading = await readMount({ path }, createManualClock(), options);
  if ('problem' in reading) throw new Error(reading.problem.reason);
  return reading.snapshot;
}

describe('a directory with kubelet volumes below it', () => {
  it('has the keys of the volumes, and none of what the kubelet keeps for itself', async () => {
    await using dir = await createTempDir();
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one', 'd/e': 'x' });
    mkdirSync(join(dir.path, 'deep'));
    symlinkSync(volume.root, join(dir.path, 'deep/volume'));
    writeFileSync(join(dir.path, '..plain'), 'x');
    const names = async (): Promise<string[]> =>
      [...(await snapshotOf(dir.path)).keys.keys()].toSorted();
    const before = await snapshotOf(dir.path);
    // Two dots mean something in a volume of the kubelet alone.
    const expected = ['..plain', 'deep/volume/app.conf', 'deep/volume/d/e'];
    expect(await names()).toEqual(expected);
    await volume.write({ 'app.conf': 'two', 'd/e': 'x' });
    expect(await names()).toEqual(expected);
    const after = await snapshotOf(dir.path);
    expect(diffKeys(before.keys, after.keys).changed).toEqual(['deep/volume/app.conf']);
  });

  it('is a volume itself where it is a link to one that came later', async () => {
    await using dir = await createTempDir();
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    symlinkSync(volume.root, join(dir.path, 'link'));
    expect([...(await snapshotOf(join(dir.path, 'link'))).keys.keys()]).toEqual(['app.conf']);
  });
});

const counts = (_: string, key: string): boolean => key === 'app.conf';

describe('keys that do not count', () => {
  it('are in no hash, and show in what is known beside it', async () => {
    await using dir = await createTempDir();
    writeFileSync(join(dir.path, 'app.conf'), 'one');
    writeFileSync(join(dir.path, 'heartbeat'), '1');
    const before = await snapshotOf(dir.path, { counts });
    expect(await snapshotOf(dir.path, { counts })).toEqual(before);
    writeFileSync(join(dir.path, 'heartbeat'), '22');
    const after = await snapshotOf(dir.path, { counts });
    expect([...after.keys.keys()]).toEqual(['app.conf']);
    expect(after.hash).toBe(before.hash);
    expect(after.swappedAtMs).toBe(before.swappedAtMs);
    expect(hashWhole(after)).not.toBe(hashWhole(before));
  });

  it('are told from keys that are not there', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one', other: 'x' });
    const before = await snapshotOf(volume.root, { counts });
    await volume.write({ 'app.conf': 'one', other: 'y' });
    const after = await snapshotOf(volume.root, { counts });
    expect([...after.others.keys()]).toEqual(['other']);
    expect(after.hash).toBe(before.hash);
    expect(hashWhole(after)).not.toBe(hashWhole(before));
  });

  it('have no say in what a single watched file is', async () => {
    await using dir = await createTempDir();
    const file = join(dir.path, 'b.conf');
    writeFileSync(file, 'one');
    expect((await snapshotOf(file, { counts })).keys.size).toBe(0);
    expect((await snapshotOf(file)).keys.size).toBe(1);
  });
});

describe('a service account token beside other keys', () => {
  it('counts by whom it is for, and its renewal shows beside the hash', async () => {
    await using volume = await createKubeletVolume();
    const write = async (iat: number): Promise<Snapshot> => {
      await volume.write({ 'app.conf': 'one', token: serviceAccountToken({ iat }) });
      return await snapshotOf(volume.root);
    };
    const [before, after] = [await write(1), await write(2)];
    expect(after.hash).toBe(before.hash);
    expect(hashWhole(after)).not.toBe(hashWhole(before));
    const asIs = await snapshotOf(volume.root, { asIs: true });
    expect(asIs.keys.get('token')).toBe(sha256(serviceAccountToken({ iat: 2 })));
  });
});

describe('a volume in the middle of an update', () => {
  it('is read at its end, with the keys whose links were still to come', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'a.conf': '1' });
    const readings: Promise<MountReading>[] = [];
    const between = (step: StepName): void => {
      if (step !== 'rename-data-tmp') return;
      readings.push(readMount({ path: volume.root }, systemClock));
    };
    await volume.write({ 'a.conf': '1', 'b.conf': '1' }, { between });
    const [reading] = await Promise.all(readings);
    const keys = reading && 'snapshot' in reading ? [...reading.snapshot.keys.keys()] : [];
    expect(keys.toSorted()).toEqual(['a.conf', 'b.conf']);
  });
});

describe('a key without a visible link', () => {
  it('does not count, as no app finds it', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'a.conf': '1', 'b.conf': '1' });
    rmSync(join(volume.root, 'b.conf'));
    // It looks again for a while, since an update may be under way.
    const reading = await readMount({ path: volume.root }, systemClock);
    expect('snapshot' in reading && [...reading.snapshot.keys.keys()]).toEqual(['a.conf']);
  });
});
