import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../system/errors.ts';
import { DATA_LINK } from './kubelet/actions.ts';

/** One key as a file: its bytes, and the permission bits it gets in the volume. */
export type KeyFile = { content: Buffer; mode: number };

/** By key path. Only volumes have paths with a slash (`items[].path`). */
export type KeyFiles = ReadonlyMap<string, KeyFile>;

export type Reading = {
  files: KeyFiles;
  /** What cannot be a key, as `NAME REASON`. */
  leftOut: readonly string[];
};

/** The sum of all values of one ConfigMap or Secret (`MaxSecretSize` of the API), in bytes. */
const MAX_BYTES = 1_048_576;

/** A mounted volume is read-only for everybody. */
export const READ_ONLY = 0o444;

/** What vim leaves beside a file that is open in it. */
const EDITOR_FILE = /^(?:\..*\.sw[a-p]|4913)$/;

/** Why the API would refuse this key (`IsConfigMapKey` of apimachinery). */
export function explainBadKey(key: string): string | undefined {
  if (!/^[-._a-zA-Z0-9]+$/.test(key)) {
    return 'is not a name for a key: only letters, digits, -, _ and . may be in it';
  }
  if (key === '.' || key.startsWith('..'))
    return 'is not a name for a key: the kubelet reserves it';
  if (key.length > 253) return 'is not a name for a key: it is longer than 253 characters';
  return undefined;
}

export function isVolume(directory: string): boolean {
  const link = lstatSync(join(directory, DATA_LINK), { throwIfNoEntry: false });
  return link?.isSymbolicLink() === true;
}

/** The keys of a volume, or the files of a plain directory. */
export function readKeys(directory: string): Reading {
  return isVolume(directory) ? readVolume(directory) : readFiles(directory);
}

function readVolume(root: string): Reading {
  const data = join(root, DATA_LINK);
  const entries = readdirSync(data, { recursive: true, encoding: 'utf8' }).toSorted();
  const files = entries.flatMap((path): [string, KeyFile][] => {
    const stats = statSync(join(data, path));
    return stats.isFile() ? [[path, readKey(join(data, path), stats.mode)]] : [];
  });
  return { files: new Map(files), leftOut: [] };
}

/** As `kubectl create configmap --from-file=DIR` takes them. */
function readFiles(directory: string): Reading {
  const files = new Map<string, KeyFile>();
  const leftOut: string[] = [];
  let bytes = 0;
  for (const name of readdirSync(directory).toSorted()) {
    if (EDITOR_FILE.test(name)) continue;
    const path = join(directory, name);
    const stats = statIfAny(path);
    const fault = explainBadKey(name) ?? explainBadFile(stats, bytes);
    if (fault !== undefined || stats === undefined) leftOut.push(`${name} ${fault}`);
    else {
      bytes += stats.size;
      files.set(name, readKey(path, stats.mode));
    }
  }
  return { files, leftOut };
}

type FileStats = { isFile: () => boolean; isDirectory: () => boolean; mode: number; size: number };

function explainBadFile(stats: FileStats | undefined, bytesBefore: number): string | undefined {
  if (stats === undefined) return 'leads nowhere';
  if (stats.isDirectory()) return 'is a directory, and a key is a file';
  if (!stats.isFile()) return 'is neither a file nor a link to one';
  const fits = bytesBefore + stats.size <= MAX_BYTES;
  return fits ? undefined : 'is too large: all keys together may have 1 MiB';
}

function statIfAny(path: string): FileStats | undefined {
  try {
    return statSync(path);
  } catch (error) {
    if (['ENOENT', 'ELOOP'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** Whoever may read the file may read the key, and nobody may write it. */
function readKey(path: string, mode: number): KeyFile {
  return { content: readFileSync(path), mode: mode & READ_ONLY };
}
