import {
  chmodSync,
  closeSync,
  fchmodSync,
  linkSync,
  mkdirSync,
  openSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { setImmediate } from 'node:timers/promises';

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

/** So many files are some milliseconds of work, after which others have a turn. */
const AT_ONCE = 16;

/**
 * Writes files below a directory, each whole. Modes are as given, whatever the umask. Directories hand on
 * the group of the one above them (fsGroup).
 */
export async function writeFiles(
  directory: string,
  files: VolumeFiles,
  onFile: () => void,
): Promise<void> {
  const directories = new Set([directory]);
  let written = 0;
  for await (const file of files) {
    // Of thousands of names: to normalize each would be most of the work.
    const place = `${directory}/${file.path}`;
    makeDirectories(directory, place.slice(0, place.lastIndexOf('/')), directories);
    if ('existing' in file) linkSync(file.existing, place);
    else await writeFile(place, file);
    onFile();
    written += 1;
    if (written % AT_ONCE === 0) await setImmediate();
  }
}

async function writeFile(
  place: string,
  { content, mode = DEFAULT_MODE }: WrittenFile,
): Promise<void> {
  const handle = openSync(place, 'wx', mode);
  try {
    if (content instanceof Uint8Array) writeAll(handle, content);
    else for await (const piece of content) writeAll(handle, piece);
    fchmodSync(handle, mode);
  } finally {
    closeSync(handle);
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
