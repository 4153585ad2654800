import { createHmac, randomBytes } from 'node:crypto';
import { mayBeSecret, type Mount } from '../mount/mount.ts';

/** Enough to tell versions apart by eye and in a query. */
const SHOWN_DIGITS = 12;

export type ShowHash = (hash: string, mounts?: readonly string[]) => string;

/**
 * Hashes as they may leave the process. A short secret could be guessed from its plain hash, so
 * hashes over anything that may be one are keyed with a key that this process alone knows; those of
 * ConfigMaps are plain, and equal in every pod.
 */
export function createShowHash(watched: () => readonly Mount[]): ShowHash {
  const key = randomBytes(32);
  return (hash, paths) => {
    if (hash === '') return '';
    const mounts = watched().filter(({ path }) => paths === undefined || paths.includes(path));
    const plain = mounts.length > 0 && !mounts.some(mayBeSecret);
    const shown = plain ? hash : createHmac('sha256', key).update(hash).digest('hex');
    return shown.slice(0, SHOWN_DIGITS);
  };
}
