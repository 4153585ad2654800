import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CrashError, createKubeletVolume } from '../../support/kubelet-volume.ts';
import type { Generation, KubeletVolume, StepName } from '../../support/kubelet-volume.ts';
import { hex, modeOf, readData, someGroup, tickingClock } from './volume-view.ts';
import { tsDirs, visibleLinks } from './volume-view.ts';

const OLD = { a: 'old', gone: 'old' };
const NEW = { a: 'new', fresh: 'new' };

interface CrashRow {
  readonly step: StepName;
  /** What a reader finds through `..data`, and the links in the root, after the crash. */
  readonly data: typeof OLD | typeof NEW;
  readonly links: readonly string[];
  readonly dirs: number;
  /** The next sync with the new content: whether it writes, and what it leaves. */
  readonly writesAgain: boolean;
  readonly linksAfter: readonly string[];
  readonly dirsAfter: number;
}

const before = { data: OLD, links: ['a', 'gone'], writesAgain: true, linksAfter: ['a', 'fresh'] };
const after = { data: NEW, writesAgain: false };

// Nobody ever removes a directory that ..data does not name, nor a link whose key left unseen.
const SWAP_BEFORE_LINKS: readonly CrashRow[] = [
  { step: 'read-data-link', ...before, dirs: 1, dirsAfter: 1 },
  { step: 'compare', ...before, dirs: 1, dirsAfter: 1 },
  { step: 'make-ts-dir', ...before, dirs: 2, dirsAfter: 2 },
  { step: 'write-files', ...before, dirs: 2, dirsAfter: 2 },
  { step: 'set-permissions', ...before, dirs: 2, dirsAfter: 2 },
  {
    step: 'create-links',
    ...after,
    links: ['a', 'fresh', 'gone'],
    dirs: 2,
    linksAfter: ['a', 'fresh', 'gone'],
    dirsAfter: 2,
  },
  {
    step: 'remove-links',
    ...after,
    links: ['a', 'fresh'],
    dirs: 2,
    linksAfter: ['a', 'fresh'],
    dirsAfter: 2,
  },
  {
    step: 'remove-old-ts-dir',
    ...after,
    links: ['a', 'fresh'],
    dirs: 1,
    linksAfter: ['a', 'fresh'],
    dirsAfter: 1,
  },
];

const AFTER_SWAP = { ...after, step: 'rename-data-tmp' as const, links: ['a', 'gone'], dirs: 2 };

const CASES: readonly (CrashRow & { readonly generation: Generation })[] = [
  ...SWAP_BEFORE_LINKS.map((row) => ({ generation: 'G2' as const, ...row })),
  ...SWAP_BEFORE_LINKS.map((row) => ({ generation: 'G3' as const, ...row })),
  { generation: 'G2', ...AFTER_SWAP, linksAfter: ['a', 'gone'], dirsAfter: 2 },
  { generation: 'G3', ...AFTER_SWAP, linksAfter: ['a', 'fresh', 'gone'], dirsAfter: 2 },
  {
    generation: 'G0',
    step: 'create-links',
    ...before,
    links: ['a', 'fresh', 'gone'],
    dirs: 2,
    dirsAfter: 2,
  },
];

describe('a crash of the kubelet', () => {
  it.each(CASES)('in $generation after $step leaves that state to the next write', async (row) => {
    await using volume = await createVolume(row.generation);
    await crashDuringUpdate(volume, row.step);
    expect(readData(volume.root)).toEqual(inHex(row.data));
    expect(Object.keys(visibleLinks(volume.root))).toEqual(row.links);
    expect(tsDirs(volume.root)).toHaveLength(row.dirs);

    expect(await volume.write(NEW)).toBe(row.writesAgain);
    expect(readData(volume.root)).toEqual(inHex(NEW));
    expect(Object.keys(visibleLinks(volume.root))).toEqual(row.linksAfter);
    expect(tsDirs(volume.root)).toHaveLength(row.dirsAfter);
  });

  it.each(['G0', 'G2', 'G3'] as const)(
    'in %s before the swap leaves ..data_tmp, which fails the next write and tears down',
    async (generation) => {
      await using volume = await createVolume(generation);
      await crashDuringUpdate(volume, 'link-data-tmp');
      expect(readData(volume.root)).toEqual(inHex(OLD));
      expect(readdirSync(volume.root)).toContain('..data_tmp');
      // Equal content is not written, so it does not meet the left-over link.
      expect(await volume.write(OLD)).toBe(false);
      await expect(volume.write(NEW)).rejects.toMatchObject({ code: 'EEXIST', syscall: 'symlink' });
      expect(existsSync(volume.root)).toBe(false);
      volume.setUpAnew();
      expect(await volume.write(NEW)).toBe(true);
      expect(readData(volume.root)).toEqual(inHex(NEW));
      expect(readdirSync(volume.root)).not.toContain('..data_tmp');
    },
  );

  it('in G0 before the permissions is repaired by the next sync', async () => {
    await using volume = await createVolume('G0');
    await crashDuringUpdate(volume, 'remove-old-ts-dir');
    expect(modeOf(join(volume.root, '..data/a'))).toBe(0o400);
    expect(await volume.write(NEW)).toBe(false);
    expect(modeOf(join(volume.root, '..data/a'))).toBe(0o440);
  });

  it('in G2 that left a link out makes the removal of its key fail and tear down', async () => {
    await using volume = await createVolume('G2');
    await crashDuringUpdate(volume, 'rename-data-tmp');
    const removal = volume.write({ a: 'new' });
    await expect(removal).rejects.toMatchObject({ code: 'ENOENT', syscall: 'unlink' });
    expect(existsSync(volume.root)).toBe(false);
  });

  it('asked for once per volume happens once', async () => {
    await using volume = await createKubeletVolume({ crashAfter: 'make-ts-dir' });
    await expect(volume.write(NEW)).rejects.toThrow(new CrashError('make-ts-dir'));
    expect(await volume.write(NEW)).toBe(true);
  });
});

function createVolume(generation: Generation): Promise<KubeletVolume> {
  const now = tickingClock();
  return createKubeletVolume({ generation, fsGroup: someGroup(), defaultMode: 0o400, now });
}

async function crashDuringUpdate(volume: KubeletVolume, crashAfter: StepName): Promise<void> {
  await volume.write(OLD);
  await expect(volume.write(NEW, { crashAfter })).rejects.toThrow(new CrashError(crashAfter));
}

function inHex(payload: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([path, text]) => [path, hex(text)]));
}
