import { createHash, createHmac } from 'node:crypto';
import { canonical, type Content } from './content.ts';

/** Letters and digits of which no word can be made, as Kubernetes takes them for its own names. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

export const HASH_LENGTH = 10;

/**
 * Same content, same hash, fit for a name. That is read by many who may not read a Secret: a short
 * one could be guessed from a plain hash, so that the hash of a Secret is keyed with a salt that is
 * kept in the Secrets themselves.
 *
 * @param salt Of a Secret; `undefined` for a ConfigMap.
 */
export function hashContent(content: Content, salt: string | undefined): string {
  const hash = salt === undefined ? createHash('sha256') : createHmac('sha256', salt);
  const digest = hash.update(canonical(content)).digest();
  return [...digest.subarray(0, HASH_LENGTH)]
    .map((byte) => ALPHABET[byte % ALPHABET.length])
    .join('');
}
