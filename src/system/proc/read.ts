import { closeSync, openSync, readSync } from 'node:fs';

/**
 * What is read of one file, in bytes. A command line is as long as its process makes it (prctl(2),
 * PR_SET_MM_MAP), and all of them are in memory at once; of ordinary ones, this is a hundred times
 * the length.
 */
const MAX_BYTES = 256 * 1024;

/** Most files fit. One for all, since some tens of them are read for each reload. */
const first = Buffer.allocUnsafeSlow(8 * 1024);

/** The beginning of a file in `/proc`. These files tell no size, and may come in several pieces. */
export function readProcFile(path: string): string {
  const handle = openSync(path, 'r');
  try {
    let buffer = first;
    let size = 0;
    for (;;) {
      const length = readSync(handle, buffer, size, buffer.length - size, null);
      if (length === 0) break;
      size += length;
      if (size === MAX_BYTES) break;
      if (size === buffer.length) {
        buffer = Buffer.concat([buffer], Math.min(4 * size, MAX_BYTES));
      }
    }
    return buffer.toString('utf8', 0, size);
  } finally {
    closeSync(handle);
  }
}
