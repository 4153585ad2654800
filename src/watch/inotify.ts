import { realpathSync } from 'node:fs';
import { dirname } from 'node:path';
import { watch } from 'chokidar';
import { errorCode, toError } from '../errors.ts';
import { type Layout, readIdentity, readLayout } from '../mount/layout.ts';
import type { Mount } from '../mount/mount.ts';
import { explainInotify, type InotifyProblem } from './limits.ts';

export type InotifyListener = {
  onEvent: () => void;
  /** The watch cannot be had, or broke. */
  onError: (problem: InotifyProblem) => void;
};

export type InotifyWatch = {
  /** Settled once the watch stands, or has failed. */
  ready: Promise<void>;
  /** Another directory has taken the place of a watched one: its events go unheard. */
  isStale: () => boolean;
  close: () => Promise<void>;
};

/**
 * Puts inotify watches on the directories whose entries tell of a change, and on nothing below them:
 * a watch on a key, or on `..data`, is dead after the first swap. Every raw event is passed on,
 * since chokidar's own events are throttled and an event is only a hint.
 */
export function watchDirectories(
  mount: Mount,
  layout: Layout,
  { onEvent, onError }: InotifyListener,
): InotifyWatch {
  const roots = watchedDirectories(mount.path, layout);
  const identities = roots.map(readIdentity);
  const watcher = watch(roots, {
    depth: 0,
    followSymlinks: false,
    ignoreInitial: true,
    atomic: false,
    ignored: (path) => !roots.includes(path),
  });
  const ready = new Promise<void>((resolve) => {
    watcher.on('ready', () => resolve());
    watcher.on('error', (thrown) => {
      onError(explainInotify(errorCode(thrown) ?? 'unknown', toError(thrown).message));
      resolve();
    });
  });
  watcher.on('raw', onEvent);
  return {
    ready,
    isStale: () => {
      const now = watchedDirectories(mount.path, readLayout(mount.path, false));
      return (
        now.join('\0') !== roots.join('\0') ||
        roots.some((root, index) => readIdentity(root) !== identities[index])
      );
    },
    close: () => watcher.close(),
  };
}

/** A link is watched at its own place (swap) and where it leads (edit in place). */
function watchedDirectories(path: string, layout: Layout): string[] {
  if (layout.kind === 'kubelet' || layout.kind === 'directory' || layout.kind === 'torn-down') {
    return [path];
  }
  return layout.kind === 'link' ? [dirname(path), ...targetOf(path)] : [dirname(path)];
}

function targetOf(link: string): string[] {
  try {
    return [realpathSync(link)];
  } catch {
    return [];
  }
}
