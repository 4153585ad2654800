import { closeSync, fsync, lstatSync, openSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';

const sync = promisify(fsync);

/**
 * Returns once all files and directories below a directory are on the disk, and survive a loss of power. Links
 * to files that stand elsewhere as well are not waited for: whoever writes those can write them again.
 */
export async function syncBelow(directory: string): Promise<void> {
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory()) await syncBelow(path);
    else if (entry.isFile() && lstatSync(path).nlink === 1) await syncOne(path);
  }
  await syncOne(directory);
}

/** Of a directory: what is renamed or linked in it, and not what lies in that. */
export async function syncOne(path: string): Promise<void> {
  const handle = openSync(path, 'r');
  try {
    await sync(handle);
  } finally {
    closeSync(handle);
  }
}
