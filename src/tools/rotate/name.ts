import { createHash, createHmac } from 'node:crypto';
import { canonical, type Content } from './content.ts';

/** Letters and digits of which no word can be made, as Kubernetes takes them for its own names. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';

const LENGTH = 10;

/** Longest name of an object (RFC 1123 subdomain). */
export const MAX_NAME = 253;

/**
 * Same content, same hash. The name of an object is read by many who may not read a Secret: a short
 * one could be guessed from a plain hash, so that the hash of a Secret is keyed with a salt that is
 * kept in the Secrets themselves.
 *
 * @param salt Of a Secret; `undefined` for a ConfigMap.
 */
export function hashContent(content: Content, salt: string | undefined): string {
  const hash = salt === undefined ? createHash('sha256') : createHmac('sha256', salt);
  const digest = hash.update(canonical(content)).digest();
  return [...digest.subarray(0, LENGTH)].map((byte) => ALPHABET[byte % ALPHABET.length]).join('');
}

/** The name of the object that holds this content. */
export function revisionName(base: string, content: Content, salt: string | undefined): string {
  return `${base}-${hashContent(content, salt)}`;
}

/** The longest base that leaves room for the hash. */
export const MAX_BASE = MAX_NAME - LENGTH - 1;
