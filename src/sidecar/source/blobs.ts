import { closeSync, mkdirSync, openSync, rmSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { errorCode, reasonOf } from '../../system/errors.ts';

/** Content on the disk, in files that nobody but the source looks at: what is shown are links to them. */
export type Blobs = {
  /** Throws a KubeProblem, and leaves nothing, where the disk does not take it. */
  write: (
    contents: readonly { key: string; content: Uint8Array }[],
  ) => { key: string; blob: number }[];
  remove: (blobs: readonly number[]) => void;
  path: (blob: number) => string;
  /** Nothing is removed before this has ended. */
  keeping: <Result>(work: () => Promise<Result>) => Promise<Result>;
};

/** Begins with two dots: not shown by a directory in the kubelet's layout. */
const STORE = '..objects';

/** Beside what is shown, since links lead over no border of a file system. What was there goes. */
export function openBlobs(root: string, mode: number): Blobs {
  const store = join(root, STORE);
  try {
    rmSync(store, { recursive: true, force: true });
    mkdirSync(store, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw notKept(root, error);
  }
  let last = 0;
  const path = (blob: number): string => `${store}/${blob}`;
  let kept: number[] | undefined;
  const remove = (blobs: readonly number[]): void => {
    if (kept !== undefined) kept.push(...blobs);
    else for (const blob of blobs) rmSync(path(blob), { force: true });
  };
  return {
    path,
    remove,
    keeping: async (work) => {
      kept = [];
      try {
        return await work();
      } finally {
        const gone = kept;
        kept = undefined;
        remove(gone);
      }
    },
    write: (contents) => {
      const written: { key: string; blob: number }[] = [];
      try {
        for (const { key, content } of contents) {
          last += 1;
          writeWhole(path(last), content, mode);
          written.push({ key, blob: last });
        }
        return written;
      } catch (error) {
        remove(written.map(({ blob }) => blob));
        throw notKept(root, error);
      }
    },
  };
}

function writeWhole(path: string, content: Uint8Array, mode: number): void {
  const handle = openSync(path, 'wx', mode);
  try {
    for (let done = 0; done < content.length;) {
      done += writeSync(handle, content, done, content.length - done);
    }
  } catch (error) {
    unlinkSync(path);
    throw error;
  } finally {
    closeSync(handle);
  }
}

const FULL = ['ENOSPC', 'EDQUOT'];

/** What is shown stays as it is. */
export function notKept(root: string, error: unknown): KubeProblem {
  const isFull = FULL.includes(errorCode(error) ?? '');
  return new KubeProblem({
    kind: 'not-kept',
    message: `what comes from the API cannot be written to ${root}: ${reasonOf(error)}`,
    remedy: isFull
      ? 'raise the sizeLimit of the emptyDir, or select fewer objects'
      : 'mount an emptyDir there that the user of rehup may write to: volumes: [{name: published, emptyDir: {}}]',
    cause: error,
  });
}
