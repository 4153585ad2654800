import { createHash } from 'node:crypto';

/** Longest name of an object (RFC 1123 subdomain). */
export const MAX_NAME = 253;

/** Longest value of a label. */
export const MAX_LABEL = 63;

/** What is too long ends with a hash of the whole, so that no two become one. */
export function fitName(name: string, max: number): string {
  if (name.length <= max) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 10);
  const start = name.slice(0, max - hash.length - 1).replace(/[-.]+$/, '');
  return `${start}-${hash}`;
}
