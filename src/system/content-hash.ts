import { hash as hashText } from 'node:crypto';

/**
 * One hash over key paths and the hashes of their contents, in order of the key paths. These hold no NUL
 * byte, so that no two sets of keys make the same text.
 */
export function hashKeys(keys: ReadonlyMap<string, string>): string {
  const lines = [...keys.keys()].toSorted().map((key) => `${key}\0${keys.get(key)}\n`);
  return hashText('sha256', lines.join(''), 'hex');
}

/** Enough of a hash to tell versions apart by eye and in a query. */
export const SHOWN_DIGITS = 12;

/** Claims of a token that the kubelet fetches for a pod, and fetches anew before it expires. */
type Claims = { iss?: unknown; aud?: unknown; sub?: unknown; exp?: unknown };

/** A token has one to two KiB. */
const MAX_BYTES = 16 * 1024;
const JWT = /^[\w-]+\.([\w-]+)\.[\w-]+\n?$/;

/**
 * A service account token, reduced to whom and what it is for: its renewal alone is no change of the
 * configuration. All other content stays as it is.
 */
export function hideRenewal(content: Buffer): Buffer {
  if (content.length > MAX_BYTES || !content.subarray(0, 3).equals(HEAD)) return content;
  const payload = JWT.exec(content.toString('latin1'))?.[1];
  const { iss, aud, sub, exp } = payload === undefined ? {} : parseClaims(payload);
  const isRenewed = typeof sub === 'string' && sub.startsWith(SUBJECT) && typeof exp === 'number';
  return isRenewed
    ? Buffer.from(JSON.stringify(['service account token', iss, aud, sub]))
    : content;
}

/** How each JSON Web Token begins: `{"` in base64. */
const HEAD = Buffer.from('eyJ');
const SUBJECT = 'system:serviceaccount:';

function parseClaims(payload: string): Claims {
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? claims : {};
  } catch {
    return {};
  }
}
