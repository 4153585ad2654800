import { statSync } from 'node:fs';
import { basename, join } from 'node:path';

/** The path of a key on disk. A watched file has itself as its only key. */
export function keyPath(mount: string, key: string): string {
  const isFile =
    basename(mount) === key && statSync(mount, { throwIfNoEntry: false })?.isFile() === true;
  return isFile ? mount : join(mount, key);
}
