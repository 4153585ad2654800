import { createHmac, randomBytes } from 'node:crypto';
import { mayBeSecret, type Mount } from '../mount/mount.ts';

/** Enough to tell versions apart by eye and in a query. */
const SHOWN_DIGITS = 12;

export type ShowHash = (hash: string, mounts?: readonly string[]) => string;

/**
 * Hashes as they may leave the process. A short secret could be guessed from its plain hash, so
 * hashes over anything that may be one are keyed with a key that this process alone knows; those of
 * ConfigMaps are plain, and equal in every pod. The key is another one for each mount: whoever may read
 * one Secret must not learn that another one holds the same.
 */
export function createShowHash(watched: () => readonly Mount[]): ShowHash {
  const key = randomBytes(32);
  return (hash, paths) => {
    if (hash === '') return '';
    const all = watched();
    const mounts = all.filter(({ path }) => paths === undefined || paths.includes(path));
    const plain = mounts.length > 0 && !mounts.some(mayBeSecret);
    const where = (paths ?? all.map(({ path }) => path)).toSorted().join('\0');
    const keyed = createHmac('sha256', key).update(`${where}\0${hash}`);
    const shown = plain ? hash : keyed.digest('hex');
    return shown.slice(0, SHOWN_DIGITS);
  };
}
