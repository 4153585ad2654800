import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/system/clock.ts';
import { readMount } from '../../../../src/sidecar/snapshot/read-mount.ts';
import type { Snapshot } from '../../../../src/sidecar/snapshot/snapshot.ts';
import { asUser, otherUsers } from '../../../support/abilities.ts';
import { createHttpApp } from '../../../support/http-app.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { someGroup } from '../../support/volume-view.ts';

async function read(path: string): Promise<Snapshot> {
  const reading = await readMount({ path }, systemClock);
  if ('problem' in reading) throw new Error(reading.problem.reason);
  return reading.snapshot;
}

const KEYS = Array.from({ length: 20 }, (_, index) => `key-${index}`);

/** All keys of one generation hold the same text. */
function generation(text: string): Record<string, string> {
  return Object.fromEntries(KEYS.map((key) => [key, text]));
}

const VOLUMES = (['G0', 'G2', 'G3'] as const).flatMap((kind) => [
  { generation: kind },
  { generation: kind, fsGroup: someGroup() },
]);

describe('a snapshot of a volume that is being written', () => {
  it.for(VOLUMES)('never mixes generations, and ends at the last: %o', async (options) => {
    await using volume = await createKubeletVolume(options);
    await volume.write(generation('0'));
    let steps = 0;
    const mixed: Snapshot[] = [];
    // The reader runs in each gap of the writer, in which a pod's process could run, too.
    const between = async (): Promise<void> => {
      steps += 1;
      const snapshot = await read(volume.root);
      const isWhole = new Set(snapshot.keys.values()).size === 1 && snapshot.keys.size === 20;
      if (!isWhole) mixed.push(snapshot);
    };
    for (let count = 1; count <= 30; count += 1) {
      await volume.write(generation(String(count)), { between });
    }
    expect(mixed).toEqual([]);
    expect(steps).toBeGreaterThan(30 * 6);
    await using same = await createKubeletVolume();
    await same.write(generation('30'));
    expect((await read(volume.root)).hash).toBe((await read(same.root)).hash);
  });

  it('is the same for the same content, whatever generation wrote it', async () => {
    const payload = { a: '1', 'nested/deep/b': '2', 'nested/c': randomBytes(1024 * 1024) };
    const hashes = await Promise.all(
      VOLUMES.map(async (options) => {
        await using volume = await createKubeletVolume(options);
        await volume.write(payload);
        const { keys, hash } = await read(volume.root);
        expect([...keys.keys()].toSorted()).toEqual(['a', 'nested/c', 'nested/deep/b']);
        return hash;
      }),
    );
    expect(new Set(hashes).size).toBe(1);
  });

  it('has no keys where the volume has none', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    await volume.write({});
    expect((await read(volume.root)).keys.size).toBe(0);
  });

  it('tells one changed byte in a binary key of 1 MiB', async () => {
    await using volume = await createKubeletVolume();
    const bytes = randomBytes(1024 * 1024);
    await volume.write({ key: bytes });
    const before = await read(volume.root);
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    await volume.write({ key: bytes });
    expect((await read(volume.root)).hash).not.toBe(before.hash);
  });
});

describe('a snapshot of a plain directory', () => {
  it('holds thousands of files', async () => {
    await using dir = await createTempDir();
    for (let index = 0; index < 3000; index += 1) {
      writeFileSync(join(dir.path, `file-${index}`), String(index));
    }
    expect((await read(dir.path)).keys.size).toBe(3000);
  });

  it('holds names of any bytes, each a key of its own', async () => {
    await using dir = await createTempDir();
    const names = ['.hidden', 'with space', 'new\nline', 'ünïcode', '...dots', '-dash'];
    for (const name of names) writeFileSync(join(dir.path, name), name);
    const invalid = [0x80, 0x81].map((byte) =>
      Buffer.concat([Buffer.from(`${dir.path}/bad-`), Buffer.from([byte])]),
    );
    for (const path of invalid) writeFileSync(path, 'x');
    const { keys } = await read(dir.path);
    expect([...keys.keys()].toSorted()).toEqual(
      [...names, String.raw`bad-\x80`, String.raw`bad-\x81`].toSorted(),
    );
  });

  it('passes over what is no file: cycles, dangling links, named pipes', async () => {
    await using dir = await createTempDir();
    writeFileSync(join(dir.path, 'file'), '1');
    mkdirSync(join(dir.path, 'sub'));
    symlinkSync('..', join(dir.path, 'sub/up'));
    symlinkSync('self', join(dir.path, 'self'));
    symlinkSync('nowhere', join(dir.path, 'dangling'));
    symlinkSync('file', join(dir.path, 'link'));
    execaSync('mkfifo', [join(dir.path, 'pipe')]);
    expect([...(await read(dir.path)).keys.keys()].toSorted()).toEqual(['file', 'link']);
  });
});

describe('a file that rehup may not read', () => {
  it.skipIf(otherUsers.missing)(
    `is a problem with a remedy, and its volume is read once it may be${otherUsers.note}`,
    async () => {
      await using volume = await createKubeletVolume({ defaultMode: 0o400 });
      await volume.write({ key: '1' });
      await using app = await createHttpApp();
      await using rehup = await startRehup({
        prefix: asUser(4002),
        env: { REHUP_WATCH: volume.root, REHUP_URL: app.url },
      });
      const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'unreadable' });
      expect(problem.reason).toContain('EACCES');
      expect(problem.remedy).toContain('fsGroup');
      chmodSync(join(volume.root, 'key'), 0o444);
      await rehup.line({ msg: 'mount can be read again' });
      expect((await rehup.line({ msg: 'reloaded' })).added).toEqual(['key']);
    },
  );
});
