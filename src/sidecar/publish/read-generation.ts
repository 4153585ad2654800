import { closeSync, constants, readlinkSync, realpathSync } from 'node:fs';
import { Plain } from '../../system/errors.ts';
import { openRegular, readOpen } from '../../system/regular-file.ts';
import { walk } from '../mount/walk.ts';
import type { KeptFile } from './kept.ts';

/** It is more than one object of the API takes. */
export class TooMuchToKeep extends Plain {
  constructor() {
    super('it is larger than 1 MiB, which is what an object can hold');
  }
}

/** It leads out of what rehup has written: an app may write there, too. */
class LeadsAway extends Plain {
  constructor(key: string) {
    super(`the key ${key} is a link, which rehup has not written`);
  }
}

/** Most that the API server takes in the values of a ConfigMap or Secret. */
const MOST_BYTES = 1024 * 1024;

/** The files of a generation, to be kept. @throws Plain where they cannot be. */
export function readGeneration(place: string): KeptFile[] {
  const root = realpathSync(place);
  const files: KeptFile[] = [];
  let size = 0;
  for (const { path, key, isFile, trouble } of walk(Buffer.from(root))) {
    if (trouble) throw trouble;
    if (!isFile) continue;
    const file = readFile(root, path, key, MOST_BYTES - size);
    size += file.bytes.length;
    files.push(file);
  }
  return files;
}

/** Whether this much is taken; the API server counts the values alone. */
export function fitsIntoObject(values: Iterable<{ bytes: Buffer }>): boolean {
  let size = 0;
  for (const { bytes } of values) size += bytes.length;
  return size <= MOST_BYTES;
}

function readFile(root: string, path: Buffer, key: string, limit: number): KeptFile {
  const { handle, stats } = openRegular(path, constants.O_NOFOLLOW);
  try {
    if (!readlinkSync(`/proc/self/fd/${handle}`).startsWith(`${root}/`)) throw new LeadsAway(key);
    if (stats.size > limit) throw new TooMuchToKeep();
    return { path: key, mode: Number(stats.mode) & 0o777, bytes: readOpen(handle, limit) };
  } finally {
    closeSync(handle);
  }
}
