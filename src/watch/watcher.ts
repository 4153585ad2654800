import type { Fault } from '../fault.ts';
import { readLayout } from '../mount/layout.ts';
import type { Mount } from '../mount/mount.ts';
import type { Hint, HintSource } from '../settle.ts';
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

export type Watcher = AsyncDisposable & {
  /** Settled once the watch stands, or polling took its place. */
  ready: Promise<void>;
};

/**
 * Watches one mount: inotify for speed, the poll for what inotify misses. Both only look at the
 * mount's version (a link's target, a directory's stats) and hint when it moved; content decides
 * later.
 */
export function createWatcher({ mount, mode, pollMs, onHint, onNotice }: WatcherInput): Watcher {
  let seen = readVersion(mount, { deep: true });
  let inotify: InotifyWatch | undefined;
  let announced = true;
  let closed = false;
  let timer = mode === 'inotify' ? undefined : setInterval(() => void poll(), pollMs);

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

  const fallBack = async (problem: InotifyProblem): Promise<void> => {
    const broken = inotify;
    // Before anything is awaited: who waits for `ready` must not take the broken watch for a good one.
    inotify = undefined;
    if (!closed) {
      // Who insists on inotify has no poll yet, and without either nothing would be seen any more.
      timer ??= setInterval(() => void poll(), pollMs);
      onNotice({ mount: mount.path, mode: 'poll', ...problem });
    }
    await broken?.close();
  };

  const arm = async (): Promise<void> => {
    await inotify?.close();
    // Disposed of meanwhile: a new watch would have nobody to close it.
    if (closed) return;
    inotify = watchDirectories(mount, readLayout(mount.path, false), {
      onEvent: () => {
        announced = true;
        look('inotify', false);
        if (seen.inPlace) refreshSoon();
      },
      onError: (problem) => void fallBack(problem),
    });
    await inotify.ready;
    // What happened before the watch stood gave no event.
    look('inotify', true);
  };

  const poll = async (): Promise<void> => {
    const found = look('poll', true);
    if (inotify === undefined) return;
    if (inotify.isStale()) await arm();
    else if (found && mode === 'auto') watchForSilence();
  };

  /** An event that the poll merely overtook is a matter of milliseconds; a whole poll is silence. */
  let silence: NodeJS.Timeout | undefined;
  const watchForSilence = (): void => {
    announced = false;
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (!announced && !seen.inPlace) void fallBack(SILENT);
    }, SILENCE_MS);
  };

  const start = async (): Promise<void> => {
    if (mode === 'poll') onNotice({ mount: mount.path, mode: 'poll' });
    else {
      await arm();
      if (inotify !== undefined) onNotice({ mount: mount.path, mode: 'inotify' });
    }
  };

  return {
    ready: start(),
    [Symbol.asyncDispose]: async () => {
      closed = true;
      clearInterval(timer);
      clearTimeout(silence);
      clearTimeout(refresh);
      await inotify?.close();
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
