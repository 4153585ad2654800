import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../../system/errors.ts';
import type { Random } from './random.ts';

/** Step 2: a new timestamped directory. Returns its bare name, the future target of `..data`. */
export function makeTsDir(root: string, now: Date, random: Random): string {
  // The name is taken when another write fell into the same second and drew the same suffix, or
  // when a crash left a directory behind; the kubelet draws again.
  for (;;) {
    const name = tsDirName(now, random);
    try {
      mkdirSync(join(root, name), { mode: 0o700 });
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      throw error;
    }
    // A step of its own in the kubelet too, independent of the umask: watchers see IN_ATTRIB.
    chmodSync(join(root, name), 0o755);
    return name;
  }
}

/** What `makeTsDir` makes; the number of digits varies with the Go release, too. */
export function isTsDirName(name: string): boolean {
  return /^\.\.\d{4}(?:_\d{2}){5}\.\d{1,10}$/.test(name);
}

function tsDirName(now: Date, random: Random): string {
  const utc = now.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return `..${utc.replaceAll(/[-T:]/g, '_')}.${suffix(random)}`;
}

/**
 * 1 to 10 digits without leading zeros. A kubelet nearly always draws 9 or 10 digits; dropping a
 * random number of bits makes the short ones as common, so that nobody relies on the length.
 */
function suffix(random: Random): string {
  const value = random.uint32();
  return String(value >>> (random.uint32() % 32));
}
