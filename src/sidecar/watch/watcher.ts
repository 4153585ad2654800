import type { Fault } from '../../system/fault.ts';
import { readLayout } from '../mount/layout.ts';
import type { Mount } from '../mount/mount.ts';
import type { Hint, HintSource } from './hint.ts';
import { type InotifyWatch, watchDirectories } from './inotify.ts';
import type { InotifyProblem } from './limits.ts';
import { readVersion } from './version.ts';

/** `auto` starts with inotify and falls back to polling; the other two insist. */
export type WatchMode = 'auto' | 'inotify' | 'poll';

/** How a mount is watched now, and why not otherwise. */
export type WatchNotice = {
  mount: string;
  mode: 'inotify' | 'poll';
  reason?: string;
  remedy?: string;
  check?: Fault;
};

export type WatcherInput = {
  mount: Mount;
  mode: WatchMode;
  pollMs: number;
  onHint: (hint: Hint) => void;
  onNotice: (notice: WatchNotice) => void;
};

/**
 * Watches one mount: inotify for speed, the poll for what inotify misses. Both only look at the
 * mount's version (a link's target, a directory's stats) and hint when it moved; content decides
 * later. When this returns the watch stands, or polling has taken its place.
 */
export function createWatcher(input: WatcherInput): Disposable {
  const { mount, mode, pollMs, onHint, onNotice } = input;
  let seen = readVersion(mount, { deep: true });
  let inotify: InotifyWatch | undefined;
  let announced = true;
  let timer = mode === 'inotify' ? undefined : setInterval(() => poll(), pollMs);

  const look = (source: HintSource, deep: boolean): boolean => {
    const now = readVersion(mount, { deep });
    const moved = now.version !== seen.version || (deep && now.contents !== seen.contents);
    const ended = now.complete && !seen.complete;
    seen = { ...now, contents: deep ? now.contents : seen.contents };
    // A directory edited in place has no commit point: every event may be the one.
    if (!moved && !ended && (deep || !now.inPlace)) return false;
    onHint({ source, mount: mount.path, complete: now.complete });
    return true;
  };

  /** Takes in the stats that an event was about, lest the next poll finds them and hints again. */
  let refresh: NodeJS.Timeout | undefined;
  const refreshSoon = (): void => {
    clearTimeout(refresh);
    refresh = setTimeout(() => look('inotify', true), REFRESH_MS);
  };

  const fallBack = (problem: InotifyProblem): void => {
    inotify?.close();
    inotify = undefined;
    // Who insists on inotify has no poll yet, and without either nothing would be seen any more.
    timer ??= setInterval(poll, pollMs);
    onNotice({ mount: mount.path, mode: 'poll', ...problem });
  };

  const arm = (): void => {
    inotify?.close();
    const watch = watchDirectories(mount, readLayout(mount.path, false), {
      onEvent: () => {
        announced = true;
        look('inotify', false);
        if (seen.inPlace) refreshSoon();
      },
      onError: fallBack,
    });
    if ('problem' in watch) return fallBack(watch.problem);
    inotify = watch;
    // What happened before the watch stood gave no event.
    look('inotify', true);
  };

  const poll = (): void => {
    const found = look('poll', true);
    if (inotify === undefined) return;
    if (inotify.isStale()) arm();
    else if (found && mode === 'auto') watchForSilence();
  };

  /** An event that the poll merely overtook is a matter of milliseconds; a whole poll is silence. */
  let silence: NodeJS.Timeout | undefined;
  const watchForSilence = (): void => {
    announced = false;
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (!announced && !seen.inPlace) fallBack(SILENT);
    }, SILENCE_MS);
  };

  if (mode === 'poll') onNotice({ mount: mount.path, mode: 'poll' });
  else {
    arm();
    if (inotify !== undefined) onNotice({ mount: mount.path, mode: 'inotify' });
  }

  return {
    [Symbol.dispose]: () => {
      clearInterval(timer);
      clearTimeout(silence);
      clearTimeout(refresh);
      inotify?.close();
    },
  };
}

/** Less than any sensible quiet window, so that the second hint joins the first. */
const REFRESH_MS = 50;
const SILENCE_MS = 1000;
const SILENT: InotifyProblem = {
  check: 'inotify-silent',
  reason: 'inotify did not report a change that the poll found',
  remedy:
    'none needed: sandboxes (gVisor, Kata) and network file systems work so; lower REHUP_POLL for speed',
};
