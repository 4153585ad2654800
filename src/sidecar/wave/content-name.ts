import { createHash, pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { mayBeSecret, type Mount } from '../mount/mount.ts';

const DIGITS = 16;

/** A tenth of a second, once for each content: guessing it is dear. */
const ROUNDS = 100_000;

const derive = promisify(pbkdf2);

/**
 * The name of content in a Lease: the same in all pods of a workload, which have no secret in common.
 * Where the content may be one, its hash is salted with the uid of the Lease, and made slowly.
 */
export async function nameContent(
  hash: string,
  mounts: readonly Mount[],
  salt: string,
): Promise<string> {
  if (!mounts.some(mayBeSecret)) {
    return createHash('sha256').update(hash).digest('hex').slice(0, DIGITS);
  }
  const key = await derive(hash, `rehup-wave ${salt}`, ROUNDS, DIGITS / 2, 'sha256');
  return key.toString('hex');
}
