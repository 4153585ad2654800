import { createHash, hash as hashOnce } from 'node:crypto';
import { readSync } from 'node:fs';
import { TooMuch } from '../mount/walk.ts';
import type { OpenFile } from '../../system/regular-file.ts';

/** Takes out of a file's content what must not count. */
export type Hide = (content: Buffer) => Buffer;

/** Hashes the files of one snapshot. */
export type Hasher = {
  /** SHA-256 of the content, in hexadecimal. @throws TooMuch where the files are too large in all. */
  hash: (file: OpenFile) => string;
  /** Leaves nothing of what was read in memory. */
  wipe: () => void;
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
export function createHasher(hide?: Hide): Hasher {
  const piece = (hide === undefined && spare) || Buffer.allocUnsafe(hide ? HIDE_PIECE : PIECE);
  if (piece === spare) spare = undefined;
  let readBytes = 0;

  const readPiece = (handle: number, size: number): Buffer => {
    const content = piece.subarray(0, fill(piece, handle, size));
    readBytes += content.length;
    if (readBytes > READ_BYTES) throw new TooMuch('it holds more than 1 GiB to compare');
    return content;
  };

  const hashContent = ({ handle, stats }: OpenFile): string | undefined => {
    let content = readPiece(handle, Number(stats.size));
    // Nearly all files fit into one piece: a fifth of the work of a hash that is fed.
    if (content.length < piece.length) return hashOnce('sha256', hide?.(content) ?? content, 'hex');
    const hash = createHash('sha256');
    for (let total = content.length; total <= COMPARED_BYTES; total += content.length) {
      hash.update(content);
      if (content.length < piece.length) return hash.digest('hex');
      content = readPiece(handle, 0);
    }
    return undefined;
  };

  return {
    hash: (file) => {
      const isLarge = file.stats.size > COMPARED_BYTES;
      const hash = isLarge ? undefined : hashContent(file);
      return hash ?? hashAttributes(file.stats);
    },
    wipe: () => {
      piece.fill(0);
      if (hide === undefined) spare = piece;
    },
  };
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

function hashAttributes({ ino, size, mtimeNs }: OpenFile['stats']): string {
  return createHash('sha256').update(`file ${ino} ${size} ${mtimeNs}`).digest('hex');
}
