import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { NotRegular, openRegular } from '../../system/regular-file.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import { isOfTheEntry, walk } from '../mount/walk.ts';
import { createHasher, describeStats, type Hashed, type Hasher } from './hash-file.ts';
import type { Pace } from './pace.ts';

export type ReadOptions = {
  /** Whether a key counts. What does not is never opened. */
  counts: (key: string) => boolean;
  /** The annotation by which rehup asks for a sync may be in a file, and is not to count. */
  hidesOwnAnnotation: boolean;
  /** Compare every byte, also of what is renewed by itself. */
  asIs: boolean;
  pace: Pace;
};

/** What is known of the files of a mount. */
export type Content = {
  /** Key → hash of what counts. */
  keys: Map<string, string>;
  /** Key → what is known of it beside that: of what does not count, whatever costs no look inside. */
  others: Map<string, string>;
  /** When the newest file that counts, or directory, was written, as wall clock. */
  newestMs: number;
};

/** A key that counts, and cannot be read. */
export class UnreadableKey extends Error {
  readonly key: string;
  readonly path: string | Buffer;

  constructor(key: string, path: string | Buffer, cause: Error) {
    super(cause.message, { cause });
    this.key = key;
    this.path = path;
  }
}

/**
 * Reads all keys below a directory while a handle of it is held.
 *
 * @param link The symlink that was followed; where it leads must not change while we read.
 */
export async function readThroughHandle(
  directory: string,
  link: string | undefined,
  options: ReadOptions,
): Promise<Content> {
  const handle = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const hasher = createHasher(options);
  try {
    // A way through /proc would take twice as long for each key.
    const place = readlinkSync(`/proc/self/fd/${handle}`, { encoding: 'buffer' });
    const held = fstatSync(handle, { bigint: true });
    const content = await readBelow(place, toMs(held.ctimeNs), hasher, options);
    // The kubelet removes a directory only after `..data` has left it: still the same one now means
    // that nothing was removed while it was listed and read.
    for (const way of [place, ...(link === undefined ? [] : [link])]) {
      if (!leadsTo(way, held)) throw new SwappedWhileReading(directory);
    }
    return content;
  } finally {
    hasher.wipe();
    closeSync(handle);
  }
}

async function readBelow(
  place: Buffer,
  sinceMs: number,
  hasher: Hasher,
  { counts, pace }: ReadOptions,
): Promise<Content> {
  const content: Content = { keys: new Map(), others: new Map(), newestMs: sinceMs };
  for (const { path, key, isFile, readStats, trouble } of walk(place)) {
    if (trouble) {
      if (mayHold(key, counts)) throw new UnreadableKey(key, path, trouble);
      content.others.set(key, 'closed');
    } else if (!isFile) {
      addTime(content, readStats()?.ctimeNs);
    } else if (counts(key)) {
      addKey(content, key, await readKey(path, key, hasher));
    } else {
      content.others.set(key, describeUnopened(readStats));
    }
    const pause = pace();
    if (pause) await pause;
  }
  return content;
}

/** It is one that counts, or a directory with such: what it holds cannot be listed. */
function mayHold(key: string, counts: ReadOptions['counts']): boolean {
  return counts(key) || counts(`${key}/_`);
}

function describeUnopened(
  readStats: () => Parameters<typeof describeStats>[0] | undefined,
): string {
  try {
    const stats = readStats();
    return stats === undefined ? 'gone' : describeStats(stats);
  } catch (error) {
    if (isOfTheEntry(error)) return 'closed';
    throw error;
  }
}

type KeyRead = Hashed & { ctimeNs: bigint };

export function addKey(content: Content, key: string, { hash, wholeHash, ctimeNs }: KeyRead): void {
  content.keys.set(key, hash);
  if (wholeHash !== undefined) content.others.set(key, wholeHash);
  addTime(content, ctimeNs);
}

function addTime(content: Content, ctimeNs = 0n): void {
  content.newestMs = Math.max(content.newestMs, toMs(ctimeNs));
}

export async function readKey(
  path: string | Buffer,
  key: string,
  hasher: Hasher,
): Promise<KeyRead> {
  const file = openKey(path, key);
  try {
    return { ...(await hasher.hash(file)), ctimeNs: file.stats.ctimeNs };
  } catch (error) {
    throw isOfTheEntry(error) ? new UnreadableKey(key, path, error) : error;
  } finally {
    closeSync(file.handle);
  }
}

function openKey(path: string | Buffer, key: string): ReturnType<typeof openRegular> {
  try {
    return openRegular(path);
  } catch (error) {
    if (isOfTheEntry(error)) throw new UnreadableKey(key, path, error);
    // It was a regular file a moment ago: what has taken its place is looked at anew.
    if (error instanceof NotRegular)
      throw new SwappedWhileReading('no file any more', { cause: error });
    throw error;
  }
}

function leadsTo(path: string | Buffer, { dev, ino }: BigIntStats): boolean {
  const now = statSync(path, { throwIfNoEntry: false, bigint: true });
  return now !== undefined && now.dev === dev && now.ino === ino;
}

export function toMs(ns: bigint): number {
  return Number(ns) / 1_000_000;
}
