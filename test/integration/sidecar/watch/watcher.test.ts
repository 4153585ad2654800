import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Hint } from '../../../../src/sidecar/watch/hint.ts';
import type { WatchRoots } from '../../../../src/sidecar/watch/port.ts';
import {
  createWatcher,
  type WatcherInput,
  type WatchNotice,
} from '../../../../src/sidecar/watch/watcher.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

interface Scene extends Disposable {
  readonly hints: Hint[];
  readonly notices: WatchNotice[];
}

async function watch(path: string, input: Partial<WatcherInput> = {}): Promise<Scene> {
  const hints: Hint[] = [];
  const notices: WatchNotice[] = [];
  const watcher = createWatcher({
    mount: { path },
    mode: 'auto',
    pollMs: 60_000,
    onHint: (hint) => hints.push(hint),
    onNotice: (notice) => notices.push(notice),
    ...input,
  });
  await watcher.ready;
  return { hints, notices, [Symbol.dispose]: () => watcher[Symbol.dispose]() };
}

/** As in a sandbox without inotify (gVisor, Kata): the watch is had, and says nothing. */
const silent: WatchRoots = () => ({ ready: Promise.resolve(), close: () => {} });

describe('a watcher', () => {
  it('hints for each update of a volume, and says which hint is the last', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root);
    expect(scene.notices).toEqual([{ mount: volume.root, mode: 'inotify' }]);
    for (const text of ['2', '3', '4']) {
      scene.hints.length = 0;
      await volume.write({ a: text });
      await waitFor('the end of the update', () => scene.hints.at(-1)?.complete);
      expect(scene.hints.length).toBeLessThanOrEqual(2);
      expect(scene.hints.every(({ source }) => source === 'inotify')).toBe(true);
    }
  });

  it('hints a few times for an update of a thousand new keys', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root);
    const keys = Array.from({ length: 1000 }, (_, index) => [`key-${index}`, 'x']);
    await volume.write(Object.fromEntries(keys) as Record<string, string>);
    await waitFor('the end of the update', () => scene.hints.at(-1)?.complete);
    expect(scene.hints.length).toBeLessThan(100);
  });

  it('hints for what happens before the watch stands', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    const standing = watch(volume.root);
    await volume.write({ a: '2' });
    using scene = await standing;
    expect(scene.hints.at(-1)).toMatchObject({ source: 'inotify', complete: true });
  });

  it('polls once a change was found of which no event told', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root, { watchRoots: silent, pollMs: 20 });
    expect(scene.notices).toMatchObject([{ mode: 'inotify' }]);
    await volume.write({ a: '2' });
    await waitFor('the fallback', () => scene.notices.length > 1);
    expect(scene.notices[1]).toMatchObject({ mode: 'poll', check: 'inotify-silent' });
    scene.hints.length = 0;
    await volume.write({ a: '3' });
    await waitFor('a hint of the poll', () => scene.hints.at(-1)?.source === 'poll');
  });

  it('keeps inotify where events tell of what the poll finds', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root, { pollMs: 1 });
    for (const text of ['2', '3', '4', '5']) {
      await volume.write({ a: text });
      await waitFor('the end of the update', () => scene.hints.at(-1)?.complete);
    }
    expect(scene.notices).toEqual([{ mount: volume.root, mode: 'inotify' }]);
  });

  it('polls a path that chokidar would take for another', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, String.raw`with\backslash`);
    mkdirSync(path);
    using scene = await watch(path, { pollMs: 20 });
    expect(scene.notices).toMatchObject([{ mode: 'poll', check: 'inotify-failed' }]);
    expect(scene.notices[0]?.reason).toContain(path);
    writeFileSync(join(path, 'a'), '1');
    await waitFor('a hint of the poll', () => scene.hints.at(-1)?.source === 'poll');
  });

  it('watches a file behind a link above it, in a directory that comes to be step by step', async () => {
    await using dir = await createTempDir();
    mkdirSync(join(dir.path, 'real'));
    symlinkSync('real', join(dir.path, 'link'));
    const path = join(dir.path, 'link/a/b/file');
    using scene = await watch(path, { mode: 'inotify' });
    mkdirSync(join(dir.path, 'real/a'));
    mkdirSync(join(dir.path, 'real/a/b'));
    writeFileSync(path, '1');
    await waitFor('a hint of the file', () => scene.hints.length > 0);
    for (const text of ['22', '333', '4444']) {
      scene.hints.length = 0;
      writeFileSync(path, text);
      await waitFor('a hint of the edit', () => scene.hints.length > 0);
    }
    expect(scene.hints.every(({ source }) => source === 'inotify')).toBe(true);
    rmSync(join(dir.path, 'real'), { recursive: true });
    await waitFor('a hint of the removal', () => scene.hints.length > 0);
    scene.hints.length = 0;
    mkdirSync(join(dir.path, 'real/a/b'), { recursive: true });
    writeFileSync(path, '5');
    await waitFor('a hint of the new file', () => scene.hints.length > 0);
  });

  it('is ready when it is given up before the watch stands', async () => {
    await using dir = await createTempDir();
    const watcher = createWatcher({
      mount: { path: dir.path },
      mode: 'inotify',
      pollMs: 60_000,
      onHint: () => {},
      onNotice: () => {},
    });
    watcher[Symbol.dispose]();
    await expect(watcher.ready).resolves.toBeUndefined();
  });
});
