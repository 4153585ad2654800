import { execFileSync, spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readLayout } from '../../../src/sidecar/mount/layout.ts';
import { openVolume } from '../../../src/system/volume/volume.ts';
import { startProgram } from '../../support/start-program.ts';
import { createTempDir } from '../../support/temp-dir.ts';
import { readData, tsDirs, visibleLinks } from '../support/volume-view.ts';

type Keys = Readonly<Record<string, string>>;

function files(keys: Keys): { path: string; content: Buffer }[] {
  return Object.entries(keys).map(([path, text]) => ({ path, content: Buffer.from(text) }));
}

function readTexts(root: string): Keys {
  const texts = Object.entries(readData(root)).map(([path, bytes]) => [
    path,
    Buffer.from(bytes, 'hex').toString(),
  ]);
  return Object.fromEntries(texts) as Keys;
}

async function* pieces(): AsyncGenerator<Buffer> {
  for (const text of ['one', 'two', 'three']) yield Buffer.from(text);
}

/** One line, as many times as it says itself. */
function textOf(round: number): string {
  return `round-${round} 64\n`.repeat(64);
}

describe('a volume that rehup writes', () => {
  it('has the layout of the kubelet', async () => {
    await using dir = await createTempDir();
    const volume = openVolume(dir.path);
    volume.flip(await volume.stage(files({ a: '1', 'dir/b': '2', 'dir/c/d': '3' })));
    expect(tsDirs(dir.path)).toEqual([volume.current()]);
    expect(visibleLinks(dir.path)).toEqual({ a: '..data/a', dir: '..data/dir' });
    expect(readFileSync(join(dir.path, 'dir/c/d'), 'utf8')).toBe('3');
    expect(readLayout(dir.path, false)).toMatchObject({ kind: 'kubelet', complete: true });
  });

  it('makes the links of new keys, and removes those of keys that went', async () => {
    await using dir = await createTempDir();
    const volume = openVolume(dir.path);
    volume.flip(await volume.stage(files({ a: '1', gone: '1' })));
    volume.flip(await volume.stage(files({ a: '2', fresh: '2' })));
    expect(visibleLinks(dir.path)).toEqual({ a: '..data/a', fresh: '..data/fresh' });
    expect(tsDirs(dir.path)).toHaveLength(1);
  });

  it('shows an earlier generation again that it was to keep', async () => {
    await using dir = await createTempDir();
    const volume = openVolume(dir.path);
    const good = await volume.stage(files({ a: 'good' }));
    volume.flip(good);
    volume.flip(await volume.stage(files({ a: 'bad', b: 'bad' })), [good]);
    expect(readTexts(dir.path)).toEqual({ a: 'bad', b: 'bad' });
    volume.flip(good);
    expect(readTexts(dir.path)).toEqual({ a: 'good' });
    expect(visibleLinks(dir.path)).toEqual({ a: '..data/a' });
    expect(volume.generations()).toEqual([good]);
  });

  it('gives files the mode they are to have, and hands the group of the root on', async () => {
    await using dir = await createTempDir();
    execFileSync('chmod', ['2777', dir.path]);
    const volume = openVolume(dir.path);
    const content = Buffer.from('secret');
    const name = await volume.stage([{ path: 'dir/key', content, mode: 0o440 }]);
    expect(statSync(join(dir.path, name, 'dir/key')).mode & 0o7777).toBe(0o440);
    expect(statSync(join(dir.path, name, 'dir')).mode & 0o7777).toBe(0o2755);
  });

  it('writes content that comes piece by piece', async () => {
    await using dir = await createTempDir();
    const volume = openVolume(dir.path);
    volume.flip(await volume.stage([{ path: 'a', content: pieces() }]));
    expect(readTexts(dir.path)).toEqual({ a: 'onetwothree' });
  });

  it('leaves nothing behind of a generation that cannot be written', async () => {
    await using dir = await createTempDir();
    const volume = openVolume(dir.path);
    volume.flip(await volume.stage(files({ a: '1' })));
    const before = readdirSync(dir.path);
    // A key below another key.
    await expect(volume.stage(files({ a: '2', 'a/b': '2' }))).rejects.toThrow('EEXIST');
    expect(readdirSync(dir.path)).toEqual(before);
    expect(readTexts(dir.path)).toEqual({ a: '1' });
  });

  it('leaves alone what is not its own', async () => {
    await using dir = await createTempDir();
    mkdirSync(join(dir.path, 'nested'));
    writeFileSync(join(dir.path, 'file'), 'mine');
    const volume = openVolume(dir.path);
    volume.flip(await volume.stage(files({ a: '1', file: '1' })));
    volume.flip(await volume.stage(files({ a: '2' })));
    expect(readFileSync(join(dir.path, 'file'), 'utf8')).toBe('mine');
    expect(lstatSync(join(dir.path, 'nested')).isDirectory()).toBe(true);
  });

  it('never shows a reader half a file, two generations at once, or no file', async () => {
    await using dir = await createTempDir();
    const volume = openVolume(dir.path);
    const keys = Array.from({ length: 10 }, (_, index) => `key-${index}`);
    const show = async (round: number): Promise<void> => {
      const before = volume.current();
      const content = Object.fromEntries(keys.map((key) => [key, textOf(round)]));
      // A reader may be on its way into the one that was shown until now.
      volume.flip(await volume.stage(files(content)), before === undefined ? [] : [before]);
    };
    await show(0);
    const program = fileURLToPath(
      new URL('../../support/programs/reads-volume.ts', import.meta.url),
    );
    await using reader = await startProgram([process.execPath, program, dir.path, ...keys]);
    for (let round = 1; round <= 100; round += 1) await show(round);
    reader.say('end');
    const found = JSON.parse(await reader.line(/^\{/)) as Record<string, number>;
    expect(found).toMatchObject({ torn: 0, mixed: 0, missing: 0 });
    expect(found['generations']).toBeGreaterThan(5);
  });
});

describe('a writer that is killed', () => {
  const OLD = { a: 'old', gone: 'old', 'dir/b': 'old' };
  const NEW = { a: 'new', fresh: 'new', 'dir/b': 'new', 'dir/c': 'new' };
  const program = fileURLToPath(
    new URL('../../support/programs/writes-volume.ts', import.meta.url),
  );

  /** Whether it was killed before its end. */
  function writeUntil(root: string, steps: number, ...contents: readonly Keys[]): boolean {
    const args = [program, root, String(steps), ...contents.map((one) => JSON.stringify(one))];
    const { status, signal } = spawnSync(process.execPath, args);
    if (status !== 0 && signal !== 'SIGKILL') throw new Error(`ended with ${status} ${signal}`);
    return signal === 'SIGKILL';
  }

  it('leaves what it shows whole after each step, and the next one tidies up', async () => {
    const seen = new Set<string>();
    for (let steps = 1; ; steps += 1) {
      await using dir = await createTempDir();
      const volume = openVolume(dir.path);
      volume.flip(await volume.stage(files(OLD)));
      if (!writeUntil(dir.path, steps, NEW)) break;
      const shown = readTexts(dir.path);
      expect([OLD, NEW]).toContainEqual(shown);
      seen.add(JSON.stringify(shown));
      const next = openVolume(dir.path);
      expect(readTexts(dir.path)).toEqual(shown);
      const tops = new Set(Object.keys(shown).map((path) => path.split('/')[0] ?? ''));
      expect(new Set(Object.keys(visibleLinks(dir.path)))).toEqual(tops);
      const own = readdirSync(dir.path).filter((name) => name.startsWith('..'));
      expect(new Set(own)).toEqual(new Set(['..data', next.current()]));
    }
    expect(seen.size).toBe(2);
  });
});
