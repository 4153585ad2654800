import { type FSWatcher, realpathSync, watch } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode, toError } from '../../system/errors.ts';
import { type Layout, readIdentity, readLayout } from '../mount/layout.ts';
import type { Mount } from '../mount/mount.ts';
import { explainInotify, type InotifyProblem } from './limits.ts';

export type InotifyListener = {
  onEvent: () => void;
  /** The watch broke. */
  onError: (problem: InotifyProblem) => void;
};

export type InotifyWatch = {
  /** Another directory has taken the place of a watched one: its events go unheard. */
  isStale: () => boolean;
  close: () => void;
};

/**
 * Puts inotify watches on the directories whose entries tell of a change, and on nothing below them:
 * a watch on a key, or on `..data`, is dead after the first swap. Which entry an event is about does
 * not matter: an event is only a hint. Returns why, where a watch cannot be had.
 */
export function watchDirectories(
  mount: Mount,
  layout: Layout,
  { onEvent, onError }: InotifyListener,
): InotifyWatch | { problem: InotifyProblem } {
  const roots = watchedDirectories(mount.path, layout);
  const identities = roots.map(readIdentity);
  const watchers: FSWatcher[] = [];
  const close = (): void => {
    for (const watcher of watchers) watcher.close();
  };
  for (const root of roots) {
    try {
      watchers.push(watch(root, onEvent).on('error', (error) => onError(explain(error))));
    } catch (error) {
      // What is not there yet is found by the poll, which then asks for another watch.
      if (isAbsent(error)) continue;
      close();
      return { problem: explain(error) };
    }
  }
  return {
    isStale: () => {
      const now = watchedDirectories(mount.path, readLayout(mount.path, false));
      return (
        now.join('\0') !== roots.join('\0') ||
        roots.some((root, index) => readIdentity(root) !== identities[index])
      );
    },
    close,
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

function explain(thrown: unknown): InotifyProblem {
  return explainInotify(errorCode(thrown) ?? 'unknown', toError(thrown).message);
}

function isAbsent(thrown: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(errorCode(thrown) ?? '');
}
