import {
  mkdirSync,
  opendirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/system/clock.ts';
import { createPace } from '../../../../src/sidecar/snapshot/pace.ts';
import { type MountReading, readMount } from '../../../../src/sidecar/snapshot/read-mount.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

/** Counts how often others have their turn until the reading has ended. */
async function countTurns(reading: Promise<MountReading>): Promise<number> {
  const ended = new AbortController();
  let turns = 0;
  const count = (): void => {
    turns += 1;
    if (!ended.signal.aborted) setImmediate(count);
  };
  setImmediate(count);
  await reading;
  ended.abort();
  return turns;
}

const KEYS = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`key-${at}`, 'one']));

function writeAll(directory: string, text: string): void {
  mkdirSync(directory);
  for (const key of Object.keys(KEYS)) writeFileSync(join(directory, key), text);
}

function keysOf(reading: MountReading): ReadonlyMap<string, string> | undefined {
  return 'snapshot' in reading ? reading.snapshot.keys : undefined;
}

/** In the order in which a directory is read. */
function firstListed(directory: string): string {
  const handle = opendirSync(directory);
  try {
    return handle.readSync()?.name ?? '';
  } finally {
    handle.closeSync();
  }
}

describe('a long reading', () => {
  it('lets others have their turn between its slices', async () => {
    await using volume = await createKubeletVolume();
    await volume.write(KEYS);
    const reading = readMount({ path: volume.root }, systemClock);
    expect(await countTurns(reading)).toBeGreaterThanOrEqual(2);
    expect(await reading).toMatchObject({ snapshot: { keys: { size: 300 } } });
  });

  it('does so within a large file, too', async () => {
    await using dir = await createTempDir();
    writeFileSync(join(dir.path, 'large'), Buffer.alloc(50 * 1024 * 1024));
    const reading = readMount({ path: dir.path }, systemClock);
    expect(await countTurns(reading)).toBeGreaterThan(4);
  });

  it('ends at once when rehup is to stop', async () => {
    await using volume = await createKubeletVolume();
    await volume.write(KEYS);
    const stop = new AbortController();
    const reading = readMount({ path: volume.root }, systemClock, { signal: stop.signal });
    const reason = new Error('stopping');
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
  });

  it('never mixes two generations, whatever happens between its slices', async () => {
    await using volume = await createKubeletVolume();
    await volume.write(KEYS);
    const reading = readMount({ path: volume.root }, systemClock);
    await new Promise((resolve) => setImmediate(resolve));
    await volume.write(Object.fromEntries(Object.keys(KEYS).map((key) => [key, 'two'])));
    const result = await reading;
    const hashes = 'snapshot' in result ? new Set(result.snapshot.keys.values()) : new Set();
    expect(hashes.size).toBe(1);
    await using same = await createKubeletVolume();
    await same.write(Object.fromEntries(Object.keys(KEYS).map((key) => [key, 'two'])));
    const expected = await readMount({ path: same.root }, systemClock);
    expect('snapshot' in result && 'snapshot' in expected && result.snapshot.hash).toBe(
      'snapshot' in expected && expected.snapshot.hash,
    );
  });

  it('starts over where `..data` was another link for a while, though the directory stayed', async () => {
    await using volume = await createKubeletVolume();
    await volume.write(KEYS);
    const current = readlinkSync(join(volume.root, '..data'));
    const key = firstListed(join(volume.root, current));
    const reading = readMount({ path: volume.root }, systemClock);
    // By then all links are read, and some of the keys: the first one is among them.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    // Swapped away and back: keys that were removed in between had no link for a moment.
    for (const target of ['..elsewhere', current]) {
      symlinkSync(target, join(volume.root, '..data_tmp'));
      renameSync(join(volume.root, '..data_tmp'), join(volume.root, '..data'));
    }
    rmSync(join(volume.root, key));
    rmSync(join(volume.root, current, key));
    const result = await reading;
    expect('snapshot' in result && result.snapshot.keys.has(key)).toBe(false);
    expect(result).toMatchObject({ snapshot: { keys: { size: 299 } } });
  });

  it('is of where a link leads at its end', async () => {
    await using dir = await createTempDir();
    for (const text of ['one', 'two']) writeAll(join(dir.path, text), text);
    const link = join(dir.path, 'current');
    symlinkSync('one', link);
    const reading = readMount({ path: link }, systemClock);
    await new Promise((resolve) => setImmediate(resolve));
    symlinkSync('two', join(dir.path, 'next'));
    renameSync(join(dir.path, 'next'), link);
    const expected = await readMount({ path: join(dir.path, 'two') }, systemClock);
    expect(keysOf(await reading)).toEqual(keysOf(expected));
  });

  it('is of the directory that is there at its end', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'conf');
    writeAll(path, 'one');
    writeAll(join(dir.path, 'two'), 'two');
    const reading = readMount({ path }, systemClock);
    await new Promise((resolve) => setImmediate(resolve));
    renameSync(path, join(dir.path, 'away'));
    renameSync(join(dir.path, 'two'), path);
    const expected = await readMount({ path }, systemClock);
    expect(keysOf(await reading)).toEqual(keysOf(expected));
  });

  it('starts over where a kubelet volume below is swapped meanwhile', async () => {
    await using dir = await createTempDir();
    const root = join(dir.path, 'a-volume');
    mkdirSync(root);
    await using volume = await createKubeletVolume({ root });
    await volume.write(KEYS);
    const reading = readMount({ path: dir.path }, systemClock);
    await new Promise((resolve) => setImmediate(resolve));
    await volume.write(Object.fromEntries(Object.keys(KEYS).map((key) => [key, 'two'])));
    const result = await reading;
    expect('snapshot' in result && new Set(result.snapshot.keys.values()).size).toBe(1);
  });
});

describe('createPace', () => {
  it('asks for no pause within a slice', () => {
    const pace = createPace();
    expect(Array.from({ length: 127 }, pace).every((pause) => pause === undefined)).toBe(true);
    expect(pace()).toBeInstanceOf(Promise);
  });
});
