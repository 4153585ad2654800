import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Hint } from '../../../../src/sidecar/watch/hint.ts';
import type { RootsListener, WatchRoots } from '../../../../src/sidecar/watch/port.ts';
import {
  createWatcher,
  type WatchMode,
  type WatchNotice,
} from '../../../../src/sidecar/watch/watcher.ts';
import { createKubeletVolume, type StepName } from '../../../support/kubelet-volume.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const POLL_MS = 5000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
});
afterEach(() => void vi.useRealTimers());

interface Scene extends Disposable {
  readonly hints: Hint[];
  readonly notices: WatchNotice[];
  /** The operating system says that something happened to this entry. */
  readonly say: (name: string) => void;
  readonly listener: () => RootsListener;
}

async function watch(path: string, mode: WatchMode = 'auto'): Promise<Scene> {
  const hints: Hint[] = [];
  const notices: WatchNotice[] = [];
  let listener: RootsListener | undefined;
  const watchRoots: WatchRoots = (_, told) => {
    listener = told;
    return { ready: Promise.resolve(), close: () => {} };
  };
  const watcher = createWatcher({
    mount: { path },
    mode,
    pollMs: POLL_MS,
    onHint: (hint) => hints.push(hint),
    onNotice: (notice) => notices.push(notice),
    watchRoots,
  });
  await watcher.ready;
  const told = (): RootsListener => {
    if (listener === undefined) throw new Error('nothing is watched');
    return listener;
  };
  return {
    hints,
    notices,
    say: (name) => told().onEvent({ root: { path }, name }),
    listener: told,
    [Symbol.dispose]: () => watcher[Symbol.dispose](),
  };
}

describe('a watcher', () => {
  it('keeps to inotify where an event follows what the poll has found', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root);
    await volume.write({ a: '2' });
    vi.advanceTimersByTime(POLL_MS);
    expect(scene.hints.at(-1)?.source).toBe('poll');
    scene.say('..data');
    vi.advanceTimersByTime(1000);
    expect(scene.notices).toHaveLength(1);
  });

  it('polls where inotify was asked for, and cannot be had any more', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root, 'inotify');
    scene.listener().onProblem({ check: 'inotify-failed', reason: 'broken', remedy: 'none' });
    expect(scene.notices.at(-1)).toMatchObject({ mode: 'poll', reason: 'broken' });
    await volume.write({ a: '2' });
    vi.advanceTimersByTime(POLL_MS);
    expect(scene.hints.at(-1)?.source).toBe('poll');
  });

  it('hints once more when an update has ended', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ a: '1' });
    using scene = await watch(volume.root);
    const between = async (step: StepName): Promise<void> => {
      if (step !== 'create-links') return;
      scene.say('..data');
      await new Promise((resolve) => setImmediate(resolve));
    };
    await volume.write({ a: '2' }, { between });
    expect(scene.hints.map(({ complete }) => complete)).toEqual([false]);
    scene.hints.length = 0;
    scene.say('a');
    expect(scene.hints.map(({ complete }) => complete)).toEqual([true]);
  });

  it('hints at once for an event in a directory that is edited in place', async () => {
    await using dir = await createTempDir();
    writeFileSync(join(dir.path, 'a'), '1');
    using scene = await watch(dir.path);
    writeFileSync(join(dir.path, 'a'), '2');
    scene.say('a');
    expect(scene.hints.map(({ source }) => source)).toEqual(['inotify']);
  });
});
