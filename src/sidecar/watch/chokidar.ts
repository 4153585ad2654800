import { FSWatcher } from 'chokidar';
import { errorCode, toError } from '../../system/errors.ts';
import { explainInotify } from './limits.ts';
import type { WatchRoots } from './port.ts';

/**
 * The directories themselves and nothing in them: a watch on a key, or on `..data`, is dead after the
 * first swap. Raw events, because they come at once, while what chokidar makes of them first looks at
 * the files; what happened is found out by the watcher, which knows how a kubelet writes.
 */
export const watchRoots: WatchRoots = (roots, { onEvent, onProblem }) => {
  const paths = new Map(roots.map((root) => [root.path, root]));
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  let watcher: FSWatcher | undefined;
  const close = (): void => {
    // Its handles are let go of at once; what it waits for are its own looks at files.
    void watcher?.close().catch(() => {});
    watcher = undefined;
    resolve();
  };
  const fail = (thrown: unknown): void => {
    close();
    onProblem(explainInotify(errorCode(thrown) ?? 'unknown', toError(thrown).message));
  };
  try {
    refuseBackslash(roots.map(({ path }) => path));
    watcher = new FSWatcher({
      depth: 0,
      followSymlinks: false,
      ignored: (path) => !paths.has(path),
      ignoreInitial: true,
      atomic: false,
    });
    watcher
      .on('raw', (_event, name, details) => {
        const root = paths.get(watchedPathIn(details));
        if (root !== undefined) onEvent({ root, name });
      })
      .on('error', (error) => {
        if (watcher !== undefined) fail(error);
      })
      .on('ready', resolve)
      .add([...paths.keys()]);
  } catch (error) {
    // Not while the caller has yet to be told what it watches with.
    queueMicrotask(() => fail(error));
  }
  return { ready, close };
};

/** chokidar takes it for a slash, and would look elsewhere. */
function refuseBackslash(paths: readonly string[]): void {
  const path = paths.find((each) => each.includes('\\'));
  if (path !== undefined) throw new Error(`a path with a backslash cannot be watched: ${path}`);
}

function watchedPathIn(details: unknown): string {
  const has = typeof details === 'object' && details !== null && 'watchedPath' in details;
  return has ? String(details.watchedPath) : '';
}
