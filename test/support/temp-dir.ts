import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TempDir extends AsyncDisposable {
  /** Absolute and free of symbolic links, so that it can be compared with paths from /proc. */
  readonly path: string;
}

/** A directory of its own for one test, removed with everything in it on disposal. */
export async function createTempDir(prefix = 'rehup-'): Promise<TempDir> {
  const path = await mkdtemp(join(await realpath(tmpdir()), prefix));
  return {
    path,
    // Retries, because a process under test may still be writing when its directory goes.
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true, maxRetries: 5 }),
  };
}
