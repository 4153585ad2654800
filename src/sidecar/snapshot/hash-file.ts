import { createHash, hash as hashOnce } from 'node:crypto';
import { readSync } from 'node:fs';
import { TooMuch } from '../mount/walk.ts';
import type { OpenFile } from '../../system/regular-file.ts';
import { hideOwnAnnotation } from './own-annotation.ts';
import type { Pace } from './pace.ts';
import { hideRenewal } from '../../system/content-hash.ts';

/** What a file is compared by. */
export type Hashed = {
  /** SHA-256 of what counts, in hexadecimal. */
  hash: string;
  /** SHA-256 of all of it, where something in it does not count. */
  wholeHash?: string;
};

/** Hashes the files of one snapshot. */
export type Hasher = {
  /** @throws TooMuch where the files are too large in all. */
  hash: (file: OpenFile) => Promise<Hashed>;
  /** Leaves nothing of what was read in memory. */
  wipe: () => void;
};

export type HasherOptions = {
  pace: Pace;
  /** Hash every byte as it is, also what is not to count. */
  asIs: boolean;
  /** The annotation by which rehup asks for a sync may be in a file, and is not to count. */
  hidesOwnAnnotation: boolean;
};

/**
 * Content up to this size counts; it is 64 times what a ConfigMap or Secret can hold. Of a larger
 * file size and time of writing count, since to read it would hold everything else up.
 */
const COMPARED_BYTES = 64 * 1024 * 1024;

/** What is read for one snapshot, in bytes: some seconds of work. */
const READ_BYTES = 1024 * 1024 * 1024;

const PIECE = 64 * 1024;

/** What is hidden may stand anywhere in a file: such files are read in one piece, up to this size. */
const HIDE_PIECE = 8 * PIECE;

/** Wiped, and free to be used: a new one for each snapshot would be garbage of 64 KiB. */
let spare: Buffer | undefined;

/** Files go piece by piece through one buffer, so that a large file costs no memory. */
export function createHasher({ pace, asIs, hidesOwnAnnotation }: HasherOptions): Hasher {
  const size = hidesOwnAnnotation && !asIs ? HIDE_PIECE : PIECE;
  const piece = (size === PIECE && spare) || Buffer.allocUnsafe(size);
  if (piece === spare) spare = undefined;
  let readBytes = 0;
  let dirtyBytes = 0;

  const reduce = (content: Buffer): Buffer => {
    if (asIs) return content;
    const rest = hideRenewal(content);
    return hidesOwnAnnotation ? hideOwnAnnotation(rest) : rest;
  };

  const readPiece = (handle: number, length: number): Buffer => {
    const before = dirtyBytes;
    // Where the reading ends halfway it is not known how far it came.
    dirtyBytes = piece.length;
    const content = piece.subarray(0, fill(piece, handle, length));
    dirtyBytes = Math.max(before, content.length);
    readBytes += content.length;
    if (readBytes > READ_BYTES) throw new TooMuch('it holds more than 1 GiB to compare');
    return content;
  };

  const hashContent = async ({ handle, stats }: OpenFile): Promise<Hashed | undefined> => {
    let content = readPiece(handle, Number(stats.size));
    // Nearly all files fit into one piece: a fifth of the work of a hash that is fed.
    if (content.length < piece.length) return hashReduced(content, reduce(content));
    const hash = createHash('sha256');
    for (let total = content.length; total <= COMPARED_BYTES; total += content.length) {
      hash.update(content);
      if (content.length < piece.length) return { hash: hash.digest('hex') };
      const pause = pace();
      if (pause) await pause;
      content = readPiece(handle, 0);
    }
    return undefined;
  };

  return {
    hash: async (file) => {
      const isLarge = file.stats.size > COMPARED_BYTES;
      const hashed = isLarge ? undefined : await hashContent(file);
      return hashed ?? { hash: hashText(describeStats(file.stats)) };
    },
    wipe: () => {
      // What was never written to is not touched: the machine need not hold it.
      piece.fill(0, 0, dirtyBytes);
      if (size === PIECE) spare = piece;
    },
  };
}

function hashReduced(content: Buffer, reduced: Buffer): Hashed {
  const hash = hashOnce('sha256', reduced, 'hex');
  return reduced === content ? { hash } : { hash, wholeHash: hashOnce('sha256', content, 'hex') };
}

/**
 * Until the buffer is full or the file at its end; the number of bytes. The size that the system tells
 * saves the read that finds nothing more; of files in /proc it is 0, whatever they hold.
 */
function fill(piece: Buffer, handle: number, size: number): number {
  let length = 0;
  while (length < piece.length) {
    const more = readSync(handle, piece, length, piece.length - length, null);
    length += more;
    if (more === 0 || length === size) break;
  }
  return length;
}

/** What can be said of a file without opening it. */
export function describeStats({
  ino,
  size,
  mtimeNs,
}: Pick<OpenFile['stats'], 'ino' | 'size' | 'mtimeNs'>): string {
  return `file ${ino} ${size} ${mtimeNs}`;
}

function hashText(text: string): string {
  return hashOnce('sha256', text, 'hex');
}
