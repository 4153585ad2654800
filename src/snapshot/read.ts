import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, join } from 'node:path';
import { errorCode } from '../errors.ts';
import type { Layout } from '../mount/layout.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

/** A directory was swapped or removed under the reader: start over. */
export class SwappedWhileReading extends Error {}

/** Takes out of a file's content what must not count. */
export type Hide = (content: Buffer) => Buffer;

/**
 * Reads one mount through one handle of its current directory, so that two generations never mix;
 * throws SwappedWhileReading where that directory gave way meanwhile, and the system's error where a
 * file cannot be read.
 */
export function readSnapshot(path: string, layout: Layout, hide?: Hide): Snapshot {
  switch (layout.kind) {
    case 'kubelet':
      return readKubeletVolume(join(path, '..data'), hide);
    case 'link':
      return readLink(path);
    case 'directory':
      return readTree(path);
    case 'file':
      return readFile(path, 0);
    case 'torn-down':
    case 'absent':
    case 'unreadable':
      throw new SwappedWhileReading(`${path} is ${layout.kind}`);
    default:
      return layout satisfies never;
  }
}

/**
 * Only the ctime of `..data` dates the swap: under fsGroup, older kubelets touch the files of an
 * unchanged volume at every sync.
 */
function readKubeletVolume(data: string, hide?: Hide): Snapshot {
  const swappedAtMs = lstatSync(data).ctimeMs;
  const { keys } = readThroughHandle(data, data, hide);
  return createSnapshot(keys, swappedAtMs);
}

function readLink(path: string): Snapshot {
  const swappedAtMs = lstatSync(path).ctimeMs;
  if (!statSync(path).isDirectory()) return readFile(path, swappedAtMs);
  const { keys, newestMs } = readThroughHandle(path, path);
  return createSnapshot(keys, Math.max(swappedAtMs, newestMs()));
}

function readTree(path: string): Snapshot {
  const { keys, newestMs } = readThroughHandle(path, undefined);
  return createSnapshot(keys, newestMs());
}

function readFile(path: string, swappedAtMs: number): Snapshot {
  const reader = createReader();
  reader.add(basename(path), Buffer.from(path));
  return createSnapshot(reader.keys, Math.max(swappedAtMs, reader.newestMs()));
}

/** @param link The symlink that was followed; where it leads must not change while we read. */
function readThroughHandle(directory: string, link: string | undefined, hide?: Hide): Reader {
  const handle = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    const reader = createReader(hide);
    const stats = fstatSync(handle);
    reader.note(stats);
    addDirectory(reader, Buffer.from(`/proc/self/fd/${handle}`), '', [identityOf(stats)]);
    // The kubelet removes a directory only after `..data` has left it: still the same one now means
    // that nothing was removed while it was listed and read.
    if (link !== undefined && !leadsTo(link, handle)) throw new SwappedWhileReading(link);
    return reader;
  } finally {
    closeSync(handle);
  }
}

function leadsTo(link: string, handle: number): boolean {
  const now = statSync(link, { throwIfNoEntry: false });
  return now !== undefined && identityOf(now) === identityOf(fstatSync(handle));
}

function identityOf(stats: Stats): string {
  return `${stats.dev}:${stats.ino}`;
}

type Reader = {
  keys: Map<string, string>;
  add: (key: string, path: Buffer) => void;
  note: (stats: Stats) => void;
  newestMs: () => number;
};

/** Files are hashed piece by piece through one buffer, so that a large file costs no memory. */
function createReader(hide?: Hide): Reader {
  const keys = new Map<string, string>();
  const piece = Buffer.allocUnsafe(64 * 1024);
  let newestMs = 0;
  const note = (stats: Stats): void => {
    newestMs = Math.max(newestMs, stats.ctimeMs);
  };
  const add = (key: string, path: Buffer): void => {
    // O_NONBLOCK: a named pipe that takes the file's place must not block us.
    const handle = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = fstatSync(handle);
      note(stats);
      const hash = createHash('sha256');
      if (hide !== undefined && stats.size <= piece.length * 8) {
        hash.update(hide(readFileSync(handle)));
      } else {
        for (let length = readSync(handle, piece); length > 0; length = readSync(handle, piece)) {
          hash.update(piece.subarray(0, length));
        }
      }
      keys.set(key, hash.digest('hex'));
    } finally {
      closeSync(handle);
    }
  };
  return { keys, add, note, newestMs: () => newestMs };
}

/** @param above Directories we came through: a link back to one of them is not followed. */
function addDirectory(reader: Reader, directory: Buffer, prefix: string, above: string[]): void {
  for (const name of readdirSync(directory, { encoding: 'buffer' })) {
    const path = Buffer.concat([directory, Buffer.from('/'), name]);
    const stats = statEntry(path);
    if (stats === undefined) continue;
    const key = prefix + toKey(name);
    if (stats.isFile()) {
      reader.add(key, path);
    } else if (stats.isDirectory() && !above.includes(identityOf(stats))) {
      reader.note(stats);
      addDirectory(reader, path, `${key}/`, [...above, identityOf(stats)]);
    }
  }
}

/** A dangling link is no key; neither is a file that went away in a directory edited in place. */
function statEntry(path: Buffer): Stats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Names outside a kubelet volume may hold any byte: invalid UTF-8 is written as `\xNN`. */
function toKey(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  return name
    .toString('latin1')
    .replaceAll(/[\u0080-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}
