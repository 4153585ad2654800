import { chmodSync, existsSync, mkdirSync, rmdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../system/errors.ts';

/** Others have files there, it is a mount point, or the directory above is not ours to write. */
const KEEPS = ['ENOTEMPTY', 'EEXIST', 'EBUSY', 'EACCES', 'EPERM', 'EROFS'];

/** Removes an empty directory where that can be done; returns whether it is gone. */
export function removeDirectory(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    const code = errorCode(error) ?? '';
    if (code === 'ENOENT') return true;
    if (KEEPS.includes(code)) return false;
    throw error;
  }
}

/**
 * Makes a directory with these permission bits, and those above it that are missing; returns the
 * highest that it made. (Node's `recursive` never comes back where a file system takes no directory
 * for good, as in /proc.)
 */
export function makeDirectory(path: string, mode: number): string {
  const parent = dirname(path);
  const highest = existsSync(parent) ? path : makeDirectory(parent, mode);
  mkdirSync(path);
  // Whatever the umask.
  chmodSync(path, mode);
  return highest;
}
