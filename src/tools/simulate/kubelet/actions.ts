// The single actions of the kubelet's atomic writer (pkg/volume/util/atomic_writer.go). Each is
// synchronous, so that nothing else of this process runs inside of a step, only between two.
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCode } from '../../../system/errors.ts';
import { firstComponents, pathsWithParents } from './payload.ts';
import type { Files } from './payload.ts';
import type { Random } from './random.ts';

export const DATA_LINK = '..data';
export const NEW_DATA_LINK = '..data_tmp';

export interface FileModes {
  readonly defaultMode: number;
  readonly modes: Readonly<Record<string, number>>;
}

/** Step 1: the bare name of the current timestamped directory; none before the first write. */
export function readDataLink(root: string): string | undefined {
  return readLinkIfAny(join(root, DATA_LINK));
}

/** Step b: whether a file is new or its bytes differ. Mode, owner and age do not count. */
export function hasNewContent(tsDir: string, files: Files): boolean {
  return [...files].some(([path, content]) => {
    const file = join(tsDir, path);
    return !existsOnDisk(file) || !readFileSync(file).equals(content);
  });
}

/** Step a: what is on disk and is neither a payload path nor above one. */
export function findStalePaths(tsDir: string, files: Files): string[] {
  const wanted = pathsWithParents(files);
  return listPaths(tsDir).filter((path) => !wanted.has(path));
}

/** Step 3: every file is written anew, changed or not, and gets its mode whatever the umask. */
export function writeFiles(tsDir: string, files: Files, modes: FileModes, random: Random): void {
  for (const path of random.shuffle(files.keys())) {
    const file = join(tsDir, path);
    const mode = modes.modes[path] ?? modes.defaultMode;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, files.get(path) ?? '', { mode });
    chmodSync(file, mode);
  }
}

/** Step 5. Never replaces: a link that a crash left behind makes it fail with EEXIST. */
export function linkNewData(root: string, tsDirName: string): void {
  try {
    symlinkSync(tsDirName, join(root, NEW_DATA_LINK));
  } catch (error) {
    rmSync(join(root, tsDirName), { recursive: true, force: true });
    throw error;
  }
}

/** Step 7: only missing links are made; whatever else has the name already is left alone. */
export function createLinks(root: string, files: Files, random: Random): void {
  for (const name of random.shuffle(firstComponents(files))) {
    const link = join(root, name);
    if (!existsOnDisk(link)) symlinkSync(`${DATA_LINK}/${name}`, link);
  }
}

/**
 * Step 8: links of vanished first components. All are tried, then the last error counts: a link
 * that is already missing fails the write, as it does in the kubelet. Unlike there, a file that
 * somebody has put in the place of the link stays.
 */
export function removeLinks(root: string, stalePaths: readonly string[], random: Random): void {
  let lastError: Error | undefined;
  const names = stalePaths.filter((path) => !path.includes('/'));
  for (const name of random.shuffle(names)) {
    try {
      const link = join(root, name);
      if (lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() !== false) unlinkSync(link);
    } catch (error) {
      lastError = error as Error;
    }
  }
  if (lastError) throw lastError;
}

/** Empty too when `..data` points nowhere: then nothing is known that could be removed. */
function listPaths(dir: string): string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function readLinkIfAny(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function existsOnDisk(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
