import { chmodSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

const PERMISSION_BITS = 0o7777;
const READABLE_FILE = 0o440;
const READABLE_DIR = 0o550;
const SET_GROUP_ID = 0o2000;
const KEEP_OWNER = -1;

/**
 * Step 4: gives the whole volume root to the group, children first, links skipped. The kubelet
 * does not ask whether anything is left to do, so every walk raises IN_ATTRIB on each directory.
 */
export function applyFsGroup(path: string, fsGroup: number): void {
  const info = lstatSync(path);
  if (info.isSymbolicLink()) return;
  if (info.isDirectory()) {
    for (const name of readdirSync(path).toSorted()) applyFsGroup(join(path, name), fsGroup);
  }
  const added = info.isDirectory() ? READABLE_DIR | SET_GROUP_ID : READABLE_FILE;
  lchownSync(path, KEEP_OWNER, fsGroup);
  chmodSync(path, (info.mode & PERMISSION_BITS) | added);
}
