import { createHash } from 'node:crypto';
import { closeSync, constants, openSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../system/errors.ts';
import { keyPath } from '../mount/key-path.ts';
import { NotRegular, openRegular, readOpen, TooLarge } from '../../system/regular-file.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';

/** Four times what a ConfigMap or Secret can hold. */
const MAX_BYTES = 4 * 1024 * 1024;

export type ContentReader = Disposable & {
  /**
   * The content that the snapshot has the hash of; `undefined` for a key that is not in it.
   *
   * @throws SwappedWhileReading where the content is another one by now.
   */
  read: (key: string) => Buffer | 'too-large' | undefined;
  /** The content of a key that the snapshot need not have; `undefined` where there is none. */
  readOther: (key: string) => Buffer | undefined;
  /** What was read of such keys, to tell whether it is still the same. */
  others: ReadonlyMap<string, string>;
};

/** Reads contents of one mount through one handle of its current directory. */
export function openContent(path: string, snapshot: Snapshot): ContentReader {
  const root = openRoot(path);
  const read = (key: string): Buffer | 'too-large' | undefined => {
    const hash = snapshot.keys.get(key);
    if (hash === undefined) return undefined;
    const content = readFile(root.locate(key));
    if (content === 'too-large') return content;
    // The snapshot was read by itself before: only the same content is what it tells of.
    if (sha256(content) !== hash) {
      throw new SwappedWhileReading(path);
    }
    return content;
  };
  const others = new Map<string, string>();
  const readOther = (key: string): Buffer | undefined => {
    const content = snapshot.keys.has(key) ? read(key) : readUnlisted(root.locate(key));
    if (!snapshot.keys.has(key)) others.set(key, content === undefined ? '' : sha256(content));
    return content === 'too-large' ? undefined : content;
  };
  return { read, readOther, others, [Symbol.dispose]: root.close };
}

function readUnlisted(path: string): Buffer | undefined {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) return undefined;
  const content = readFile(path);
  return content === 'too-large' ? undefined : content;
}

function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}

type Root = { locate: (key: string) => string; close: () => void };

function openRoot(path: string): Root {
  if (orSwapped(() => statSync(path)).isFile()) {
    return { locate: (key) => keyPath(path, key), close: () => {} };
  }
  const flags = constants.O_RDONLY | constants.O_DIRECTORY;
  const handle = orSwapped(() => openSync(findDirectory(path), flags));
  return { locate: (key) => `/proc/self/fd/${handle}/${key}`, close: () => closeSync(handle) };
}

/** The current directory of a kubelet volume; else the directory itself. */
export function findDirectory(path: string): string {
  const data = join(path, '..data');
  return statSync(data, { throwIfNoEntry: false })?.isDirectory() === true ? data : path;
}

function readFile(path: string): Buffer | 'too-large' {
  const { handle, stats } = orSwapped(() => openRegular(path));
  try {
    return stats.size > MAX_BYTES ? 'too-large' : readOpen(handle, MAX_BYTES);
  } catch (error) {
    if (error instanceof TooLarge) return 'too-large';
    throw error;
  } finally {
    closeSync(handle);
  }
}

/** What was read for the snapshot and cannot be read now is no longer the same content. */
function orSwapped<Value>(look: () => Value): Value {
  try {
    return look();
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof NotRegular)) throw error;
    throw new SwappedWhileReading('gone', { cause: error });
  }
}
