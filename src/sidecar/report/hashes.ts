import { createHmac, randomBytes } from 'node:crypto';
import { SHOWN_DIGITS } from '../../system/content-hash.ts';
import { mayBeSecret, type Mount } from '../mount/mount.ts';

/** Of all that a rule watches, or of one mount and what is in it. */
export type HashOf = { rule: string } | { mount: string };

export type ShowHash = (hash: string, of: HashOf) => string;

/**
 * Hashes as they may leave the process. A short secret could be guessed from its plain hash, so
 * hashes over anything that may be one are keyed with a key that this process alone knows; those of
 * ConfigMaps are plain, and equal in every pod. The key is another one for each mount: whoever may read
 * one Secret must not learn that another one holds the same. A rule with one mount has the hash of that.
 *
 * @param watched Rule → its mounts.
 */
export function createShowHash(watched: () => ReadonlyMap<string, readonly Mount[]>): ShowHash {
  const key = randomBytes(32);
  return (hash, of) => {
    if (hash === '') return '';
    const mounts =
      'rule' in of
        ? (watched().get(of.rule) ?? [])
        : [...watched().values()].flat().filter(({ path }) => path === of.mount);
    const plain = mounts.length > 0 && !mounts.some(mayBeSecret);
    if (plain) return hash.slice(0, SHOWN_DIGITS);
    const paths = 'rule' in of ? mounts.map(({ path }) => path) : [of.mount];
    const keyed = createHmac('sha256', key).update(`${paths.toSorted().join('\0')}\0${hash}`);
    return keyed.digest('hex').slice(0, SHOWN_DIGITS);
  };
}
