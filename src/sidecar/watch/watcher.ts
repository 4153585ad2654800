import type { Fault } from '../../system/fault.ts';
import type { Mount } from '../mount/mount.ts';
import type { Hint, HintSource } from './hint.ts';
import { watchRoots as watchByChokidar } from './chokidar.ts';
import type { InotifyProblem } from './limits.ts';
import type { RootEvent, RootsWatch, WatchRoots } from './port.ts';
import { isRelevant } from './relevance.ts';
import { type FoundRoots, findRoots } from './roots.ts';
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
  watchRoots?: WatchRoots;
};

export type Watcher = Disposable & {
  /** From here on nothing is missed: the watch stands, or polling has taken its place. */
  ready: Promise<void>;
};

/**
 * Watches one mount. What it knows is the mount's version as last seen (a link's target, a
 * directory's stats, never contents) and the roots that it watches. Events and polls make it look
 * again, and it decides three things: to hint, when the version has moved; to watch other roots, when
 * other directories stand in their place; and to poll alone, when inotify cannot be had, or was
 * silent while something changed. What a change is worth is decided later, by content.
 */
export function createWatcher(input: WatcherInput): Watcher {
  const { mount, mode, pollMs, onHint, onNotice, watchRoots = watchByChokidar } = input;
  const ready = Promise.withResolvers<void>();
  let seen = readVersion(mount, { deep: true });
  let watch: (RootsWatch & FoundRoots & { stands: boolean }) | undefined;
  let polling: NodeJS.Timeout | undefined;

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

  /** Of events that come together the first is looked at at once, and the others as one. */
  let heard = true;
  let others = false;
  let gathering: NodeJS.Immediate | undefined;
  const hear = (event: RootEvent): void => {
    heard = true;
    if (!isRelevant(event, seen)) return;
    others = gathering !== undefined;
    if (others) return;
    look('inotify', false);
    gathering = setImmediate(() => {
      gathering = undefined;
      if (others) look('inotify', false);
      clearTimeout(after);
      after = setTimeout(lookAfter, AFTER_MS);
    });
  };

  /** Takes in the stats that events were about, lest the next poll finds them and hints again. */
  let after: NodeJS.Timeout | undefined;
  const lookAfter = (): void => {
    if (seen.inPlace) look('inotify', true);
    followRoots();
  };

  const followRoots = (): boolean => {
    if (watch === undefined || findRoots(mount.path, seen.kind).identity === watch.identity)
      return false;
    arm();
    return true;
  };

  const arm = (): void => {
    watch?.close();
    const found = findRoots(mount.path, seen.kind);
    const opened = watchRoots(found.roots, { onEvent: hear, onProblem: fallBack });
    watch = { ...opened, ...found, stands: false };
    void stand(watch);
  };

  const stand = async (current: NonNullable<typeof watch>): Promise<void> => {
    await current.ready;
    if (watch !== current) return;
    current.stands = true;
    // What happened before the watch stood gave no event.
    look('inotify', true);
    if (followRoots()) return;
    announce();
    ready.resolve();
  };

  let announced = false;
  const announce = (): void => {
    if (!announced) onNotice({ mount: mount.path, mode: 'inotify' });
    announced = true;
  };

  const fallBack = (problem: InotifyProblem): void => {
    watch?.close();
    watch = undefined;
    // Who insists on inotify has no poll yet, and without either nothing would be seen any more.
    if (polling === undefined) pollLater(pollMs);
    onNotice({ mount: mount.path, mode: 'poll', ...problem });
    ready.resolve();
  };

  /** A directory that takes long to look at is looked at less often: all else would starve. */
  const poll = (): void => {
    const begunMs = performance.now();
    const found = look('poll', true);
    pollLater(Math.max(pollMs, (performance.now() - begunMs) * REST));
    if (watch?.stands === true && !followRoots() && found && mode === 'auto') watchForSilence();
  };

  let closed = false;
  const pollLater = (ms: number): void => {
    if (!closed) polling = setTimeout(poll, ms);
  };

  /** An event that the poll merely overtook is a matter of milliseconds; a whole poll is silence. */
  let silence: NodeJS.Timeout | undefined;
  const watchForSilence = (): void => {
    heard = false;
    clearTimeout(silence);
    silence = setTimeout(() => {
      if (!heard && !seen.inPlace) fallBack(SILENT);
    }, SILENCE_MS);
  };

  if (mode !== 'inotify') pollLater(pollMs);
  if (mode === 'poll') {
    onNotice({ mount: mount.path, mode: 'poll' });
    ready.resolve();
  } else {
    arm();
  }
  return {
    ready: ready.promise,
    [Symbol.dispose]: () => {
      closed = true;
      clearTimeout(polling);
      clearImmediate(gathering);
      clearTimeout(after);
      clearTimeout(silence);
      watch?.close();
      watch = undefined;
      ready.resolve();
    },
  };
}

/** Less than any sensible quiet window, so that the second hint joins the first. */
const AFTER_MS = 50;
const SILENCE_MS = 1000;
/** Of the time, a look may take one part in so many. */
const REST = 10;
const SILENT: InotifyProblem = {
  check: 'inotify-silent',
  reason: 'inotify did not report a change that the poll found',
  remedy:
    'none needed: sandboxes (gVisor, Kata) and network file systems work so; lower REHUP_POLL for speed',
};
