import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsync,
  linkSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';

/** One key: content in one piece, or piece by piece; or a file that is there already, by one more link. */
export type VolumeFile = {
  /** Below the root of the volume, as `parseVolumePath` gives it. */
  path: string;
} & (WrittenFile | { existing: string | Buffer });

type WrittenFile = {
  content: Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
  /** 0644, if not given. */
  mode?: number;
};

export type VolumeFiles = Iterable<VolumeFile> | AsyncIterable<VolumeFile>;

const DEFAULT_MODE = 0o644;
const SET_GID = 0o2000;

/** Written side by side, so that a disk takes several with one commit of its journal. */
const AT_ONCE = 16;

const sync = promisify(fsync);

/**
 * Writes files below a directory, each whole; with `durable`, all of it is on the disk afterwards. Modes
 * are as given, whatever the umask. Directories hand on the group of the one above them (fsGroup).
 */
export async function writeFiles(
  directory: string,
  files: VolumeFiles,
  { durable, onFile }: { durable: boolean; onFile: () => void },
): Promise<void> {
  const directories = new Set([directory]);
  const open: Promise<void>[] = [];
  let written = 0;
  try {
    for await (const file of files) {
      // Of thousands of names: to normalize each would be most of the work.
      const place = `${directory}/${file.path}`;
      makeDirectories(directory, place.slice(0, place.lastIndexOf('/')), directories);
      if ('existing' in file) linkSync(file.existing, place);
      else open.push(closing(await writeFile(place, file), durable));
      // Told of by the wait for all of them.
      open.at(-1)?.catch(() => {});
      onFile();
      written += 1;
      if (written % AT_ONCE !== 0) continue;
      await Promise.all(open.splice(0));
      await setImmediate();
    }
    await Promise.all(open);
  } finally {
    await Promise.allSettled(open);
  }
  if (durable) for (const each of directories) await syncDirectory(each);
}

/** What is renamed or linked in a directory is on the disk after that. */
export async function syncDirectory(path: string): Promise<void> {
  await closing(openSync(path, 'r'), true);
}

async function closing(handle: number, durable: boolean): Promise<void> {
  try {
    if (durable) await sync(handle);
  } finally {
    closeSync(handle);
  }
}

/** Returns the handle, open. */
async function writeFile(
  place: string,
  { content, mode = DEFAULT_MODE }: WrittenFile,
): Promise<number> {
  const handle = openSync(place, 'wx', mode);
  try {
    if (content instanceof Uint8Array) writeAll(handle, content);
    else for await (const piece of content) writeAll(handle, piece);
    fchmodSync(handle, mode);
    return handle;
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** A disk that is nearly full takes less than it is given, and says so at the next piece. */
function writeAll(handle: number, piece: Uint8Array): void {
  for (let done = 0; done < piece.length;) {
    done += writeSync(handle, piece, done, piece.length - done);
  }
}

function makeDirectories(root: string, place: string, made: Set<string>): void {
  if (made.has(place)) return;
  makeDirectories(root, dirname(place), made);
  makeDirectory(place);
  made.add(place);
}

/** Open to all, as the kubelet's: what is in a volume is protected by who mounts it, and by file modes. */
export function makeDirectory(path: string): void {
  mkdirSync(path, { mode: 0o700 });
  chmodSync(path, 0o755 | (statSync(path).mode & SET_GID));
}
