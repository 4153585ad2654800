import { lstatSync, rmdirSync, rmSync, unlinkSync } from 'node:fs';
import { errorCode } from './errors.ts';

/** Removes a file, or a directory with all that is in it; what is not there is no error. */
export function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    // `rmSync` of Node 26 knows no code for some errors, as that the file system is read-only (EROFS).
    if (errorCode(error) !== '') throw error;
    if (lstatSync(path).isDirectory()) rmdirSync(path);
    else unlinkSync(path);
  }
}

/** Removes it where that is possible; what stays is in nobody's way, and there is another time. */
export function removeIfPossible(path: string): void {
  try {
    remove(path);
  } catch {
    // Another user's, or nothing can be written for the moment.
  }
}
