import { existsSync, lstatSync, mkdirSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume, InvalidPathError } from '../../support/kubelet-volume.ts';
import type { Generation, KubeletVolume, StepName } from '../../support/kubelet-volume.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { hex, modeOf, readData, someGroup } from './volume-view.ts';
import { tickingClock, tsDirs, visibleLinks } from './volume-view.ts';

const GENERATIONS: readonly Generation[] = ['G0', 'G2', 'G3'];

describe('the layout after a write', () => {
  it('is a timestamped directory in UTC, the link ..data and one link per key', async () => {
    const start = Date.UTC(2026, 10, 9, 8, 7, 6);
    await using volume = await createKubeletVolume({ now: tickingClock(start) });
    expect(await volume.write({ a: 'one', b: 'two' })).toBe(true);
    const current = readlinkSync(join(volume.root, '..data'));
    expect(current).toMatch(/^\.\.2026_11_09_08_07_06\.(?:0|[1-9]\d{0,9})$/);
    expect(readdirSync(volume.root).toSorted()).toEqual([current, '..data', 'a', 'b'].toSorted());
    expect(visibleLinks(volume.root)).toEqual({ a: '..data/a', b: '..data/b' });
    expect(readData(volume.root)).toEqual({ a: hex('one'), b: hex('two') });
    expect(modeOf(volume.root)).toBe(0o777);
    expect(modeOf(join(volume.root, current))).toBe(0o755);
    expect(modeOf(join(volume.root, current, 'a'))).toBe(0o644);
  });

  it('has one visible link per first component of nested paths', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'a/b/c': '1', 'a/d': '2', e: '3' });
    expect(visibleLinks(volume.root)).toEqual({ a: '..data/a', e: '..data/e' });
    expect(readData(volume.root)).toEqual({ 'a/b/c': hex('1'), 'a/d': hex('2'), e: hex('3') });
    expect(lstatSync(join(volume.root, '..data/a/b')).isDirectory()).toBe(true);
  });

  it('holds bytes as they are', async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    await using volume = await createKubeletVolume();
    await volume.write({ binary: bytes });
    expect(readData(volume.root)).toEqual({ binary: hex(bytes) });
  });

  it('gives each file its own mode or the default one', async () => {
    await using volume = await createKubeletVolume({ defaultMode: 0o400, modes: { b: 0o755 } });
    await volume.write({ a: '1', b: '1' });
    expect(modeOf(join(volume.root, '..data/a'))).toBe(0o400);
    expect(modeOf(join(volume.root, '..data/b'))).toBe(0o755);
  });

  it.each(GENERATIONS)('belongs to fsGroup and is readable for it in %s', async (generation) => {
    const fsGroup = someGroup();
    await using volume = await createKubeletVolume({ generation, fsGroup, defaultMode: 0o400 });
    await volume.write({ 'dir/a': '1' });
    const modes = ['', '..data/', '..data/dir', '..data/dir/a'].map((path) => {
      const info = statSync(join(volume.root, path));
      return { path, gid: info.gid, mode: info.mode & 0o7777 };
    });
    const inner = 0o2550 | (0o777 & ~process.umask());
    expect(modes).toEqual([
      { path: '', gid: fsGroup, mode: 0o2777 },
      { path: '..data/', gid: fsGroup, mode: 0o2755 },
      { path: '..data/dir', gid: fsGroup, mode: inner },
      { path: '..data/dir/a', gid: fsGroup, mode: 0o440 },
    ]);
  });

  it('leaves the mount points of other volumes alone', async () => {
    await using volume = await createKubeletVolume();
    mkdirSync(join(volume.root, 'nested'));
    await volume.write({ a: '1', nested: '1' });
    await volume.write({ a: '2', nested: '1' });
    expect(lstatSync(join(volume.root, 'nested')).isDirectory()).toBe(true);
  });

  it('draws timestamp suffixes of all lengths, never with a leading zero', async () => {
    await using volume = await createKubeletVolume();
    const suffixes: string[] = [];
    for (let round = 0; round < 64; round += 1) {
      await volume.write({ a: String(round) });
      suffixes.push(readlinkSync(join(volume.root, '..data')).split('.').at(-1) ?? '');
    }
    expect(suffixes.filter((suffix) => !/^(?:0|[1-9]\d{0,9})$/.test(suffix))).toEqual([]);
    expect(new Set(suffixes.map(({ length }) => length)).size).toBeGreaterThan(5);
  });

  it('draws again when the suffix is taken in the same second', async () => {
    await using volume = await createKubeletVolume({ now: () => new Date(0) });
    for (let round = 0; round < 64; round += 1) await volume.write({ a: String(round) });
    expect(tsDirs(volume.root)).toHaveLength(1);
  });
});

describe('an update', () => {
  it('writes every file anew, changed or not', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1', b: '1' });
    const before = inodes(volume, ['a', 'b']);
    await volume.write({ a: '2', b: '1' });
    const after = inodes(volume, ['a', 'b']);
    expect(before.filter((inode) => after.includes(inode))).toEqual([]);
  });

  it.each(GENERATIONS)('of equal bytes writes nothing in %s', async (generation) => {
    await using volume = await createKubeletVolume({ generation, fsGroup: someGroup() });
    await volume.write({ a: '1', 'dir/b': '1' });
    const before = readlinkSync(join(volume.root, '..data'));
    expect(await volume.write({ 'dir//b': Buffer.from('1'), './a': '1' })).toBe(false);
    expect(readlinkSync(join(volume.root, '..data'))).toBe(before);
  });

  it('goes from A to B and back to A in two swaps', async () => {
    await using volume = await createKubeletVolume();
    const dirs: string[] = [];
    for (const content of ['A', 'B', 'A', 'A']) {
      await volume.write({ key: content });
      dirs.push(readlinkSync(join(volume.root, '..data')));
    }
    expect(new Set(dirs).size).toBe(3);
    expect(dirs[3]).toBe(dirs[2]);
    expect(readData(volume.root)).toEqual({ key: hex('A') });
  });

  it('without any key leaves a valid ..data with nothing in it', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1', 'dir/b': '1' });
    expect(await volume.write({})).toBe(true);
    expect(visibleLinks(volume.root)).toEqual({});
    expect(readdirSync(join(volume.root, '..data'))).toEqual([]);
    expect(tsDirs(volume.root)).toHaveLength(1);
    expect(await volume.write({})).toBe(false);
  });

  it('keeps the link of a component while a nested key below it is left', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'dir/a': '1', 'dir/b': '1' });
    await volume.write({ 'dir/a': '1' });
    expect(visibleLinks(volume.root)).toEqual({ dir: '..data/dir' });
    await volume.write({ other: '1' });
    expect(visibleLinks(volume.root)).toEqual({ other: '..data/other' });
  });

  it.each([
    ['', 'must not be empty'],
    ['/etc/passwd', 'must be relative'],
    ['a/../b', "must not contain '..'"],
    ['..', "must not contain '..'"],
    ['..data', "must not start with '..'"],
    ['é'.repeat(128), 'must not have a name longer than 255 bytes'],
    ['a/'.repeat(2048) + 'b', 'must not be longer than 4096 bytes'],
  ])('refuses the path %j because it %s', async (path, reason) => {
    await using volume = await createKubeletVolume();
    const refusal = volume.write({ [path]: '1' });
    await expect(refusal).rejects.toThrow(InvalidPathError);
    await expect(refusal).rejects.toMatchObject({ path, reason });
  });
});

describe('the steps', () => {
  const first: readonly StepName[] = ['read-data-link', 'make-ts-dir', 'write-files'];
  const begin: readonly StepName[] = ['read-data-link', 'compare', 'make-ts-dir', 'write-files'];
  const swap: readonly StepName[] = ['link-data-tmp', 'rename-data-tmp'];
  const end: readonly StepName[] = ['remove-links', 'remove-old-ts-dir'];

  it.each([
    {
      generation: 'G0' as const,
      firstWrite: [...first, 'create-links', ...swap, ...end, 'set-permissions'],
      update: [...begin, 'create-links', ...swap, ...end, 'set-permissions'],
      unchanged: ['read-data-link', 'compare', 'set-permissions'],
    },
    {
      generation: 'G2' as const,
      firstWrite: [...first, 'set-permissions', ...swap, 'create-links', ...end],
      update: [...begin, 'set-permissions', ...swap, 'create-links', ...end],
      unchanged: ['read-data-link', 'compare'],
    },
    {
      generation: 'G3' as const,
      firstWrite: [...first, 'set-permissions', ...swap, 'create-links', ...end],
      update: [...begin, 'set-permissions', ...swap, 'create-links', ...end],
      unchanged: ['read-data-link', 'compare', 'create-links'],
    },
  ])('come in the order of $generation, and only those of fsGroup depend on it', async (row) => {
    for (const fsGroup of [someGroup(), undefined]) {
      const expected = [row.firstWrite, row.update, row.unchanged].map((steps) =>
        steps.filter((step) => fsGroup !== undefined || step !== 'set-permissions'),
      );
      expect(await recordSteps(row.generation, fsGroup)).toEqual(expected);
    }
  });
});

describe('a volume', () => {
  it('can be made where the test wants it, and removes only itself', async () => {
    await using dir = await createTempDir();
    const root = join(dir.path, 'etc', 'config');
    {
      await using volume = await createKubeletVolume({ root });
      await volume.write({ a: '1' });
      expect(readData(root)).toEqual({ a: hex('1') });
    }
    expect(existsSync(root)).toBe(false);
    expect(existsSync(join(dir.path, 'etc'))).toBe(true);
  });
});

async function recordSteps(
  generation: Generation,
  fsGroup: number | undefined,
): Promise<StepName[][]> {
  const group = fsGroup === undefined ? {} : { fsGroup };
  await using volume = await createKubeletVolume({ generation, ...group });
  const writes: StepName[][] = [];
  for (const content of ['1', '2', '2']) {
    const steps: StepName[] = [];
    await volume.write({ a: content }, { between: (step) => void steps.push(step) });
    writes.push(steps);
  }
  return writes;
}

function inodes(volume: KubeletVolume, keys: readonly string[]): number[] {
  return keys.map((key) => statSync(join(volume.root, key)).ino);
}
