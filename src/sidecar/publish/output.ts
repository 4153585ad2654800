import { closeSync, constants, type Dirent, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { errorCode, Plain } from '../../system/errors.ts';
import { NotRegular, openRegular } from '../../system/regular-file.ts';
import { InvalidPathError, parseVolumePath } from '../../system/volume/paths.ts';
import type { VolumeFile } from '../../system/volume/stage.ts';
import { pieces } from './copy.ts';

/** What a program wrote is nothing that can be published. */
export class BadOutput extends Plain {}

/** Where readdir(3) gives a name that is no UTF-8, this stands for what cannot be read. */
const UNREADABLE = '\uFFFD';

/**
 * What a program wrote into a directory, as files that are to be published, with the modes that it gave
 * them. Follows no link: what one leads to may be a file that is nobody's business.
 *
 * @throws BadOutput for what is no file, or can be no key; and where there is nothing at all.
 */
export function* readOutput(directory: string): Generator<VolumeFile, void, void> {
  const entries = readdirSync(directory, { recursive: true, withFileTypes: true });
  const keys = entries.flatMap((entry) => toKey(entry, directory) ?? []);
  if (keys.length === 0) throw new BadOutput('it wrote nothing into the directory for its output');
  for (const key of keys) {
    const { handle, mode, size } = open(join(directory, key), key);
    try {
      yield { path: key, mode: mode | 0o400, content: pieces(handle, size) };
    } finally {
      closeSync(handle);
    }
  }
}

function toKey(entry: Dirent, directory: string): string | undefined {
  const key = relative(directory, join(entry.parentPath, entry.name));
  if (entry.name.includes(UNREADABLE)) throw new BadOutput('it wrote a name that is no UTF-8');
  if (entry.isDirectory()) return undefined;
  if (!entry.isFile()) throw new BadOutput(`it wrote ${key}, which is ${kindOf(entry)}`);
  try {
    return parseVolumePath(key);
  } catch (error) {
    if (!(error instanceof InvalidPathError)) throw error;
    throw new BadOutput(`it wrote ${key}: the name ${error.reason}`);
  }
}

function kindOf(entry: Dirent): string {
  return entry.isSymbolicLink() ? 'a link' : 'no file';
}

/** One file may have two names; the other one may be anywhere on that disk. */
function open(path: string, key: string): { handle: number; mode: number; size: number } {
  try {
    const { handle, stats } = openRegular(path, constants.O_NOFOLLOW);
    if (stats.isFile() && stats.nlink === 1n) {
      return { handle, mode: Number(stats.mode) & 0o777, size: Number(stats.size) };
    }
    closeSync(handle);
  } catch (error) {
    if (errorCode(error) === 'EACCES') throw new BadOutput(`it wrote ${key}, and not for rehup`);
    // Put in the place of the file that was listed.
    if (!(error instanceof NotRegular) && errorCode(error) !== 'ELOOP') throw error;
  }
  throw new BadOutput(`it wrote ${key}, which is a link`);
}
