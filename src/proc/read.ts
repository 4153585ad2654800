import { closeSync, openSync, readSync } from 'node:fs';

/**
 * What is read of one file, in bytes. A command line is as long as its process makes it (prctl(2),
 * PR_SET_MM_MAP), and all of them are in memory at once; of ordinary ones, this is a hundred times
 * the length.
 */
const MAX_BYTES = 256 * 1024;

const PIECE = 4096;

/** The beginning of a file in `/proc`. These files tell no size, and most fit into one piece. */
export function readProcFile(path: string): string {
  const handle = openSync(path, 'r');
  try {
    const pieces: Buffer[] = [];
    for (
      let size = 0, next = PIECE;
      size < MAX_BYTES;
      next = Math.min(4 * next, MAX_BYTES - size)
    ) {
      const piece = Buffer.allocUnsafe(next);
      const length = readSync(handle, piece);
      if (length === 0) break;
      pieces.push(piece.subarray(0, length));
      size += length;
    }
    return Buffer.concat(pieces).toString('utf8');
  } finally {
    closeSync(handle);
  }
}
