import { existsSync, readdirSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from '../../system/errors.ts';
import { makeDirectory, removeDirectory } from './directory.ts';
import { isVolume, type KeyFiles, readKeys, type Reading } from './keys.ts';
import { refuse } from './refuse.ts';
import { clearVolume, type Volume } from './volume.ts';

/** What the directory was before, and so what it will be again. */
export type Before =
  /** There was nothing; `made` is the highest directory that had to be made. */
  | { kind: 'missing'; made: string }
  | { kind: 'empty' }
  /** Files, which wait in `keptIn`: the directory itself, under another name. */
  | { kind: 'files'; keptIn: string }
  /** A volume already; it goes on with its content. */
  | { kind: 'volume' };

export type Place = {
  root: string;
  before: Before;
  /** First content; empty where there was none. */
  files: KeyFiles;
  /** Permission bits of the root. */
  mode: number;
};

const KEPT_SUFFIX = '.before-simulate';
const DEFAULT_MODE = 0o755;
const PERMISSION_BITS = 0o7777;

/**
 * Makes room for a volume. Files are never copied or removed: their directory is renamed, in one
 * step, and back at the end. So they are safe whenever this process ends, and however.
 */
export function takeOver(root: string): Place {
  const keptIn = root + KEPT_SUFFIX;
  const kind = lookAt(root);
  if (existsSync(keptIn)) return resume(root, keptIn, kind);
  const mode = kind === 'missing' ? DEFAULT_MODE : statSync(root).mode & PERMISSION_BITS;
  switch (kind) {
    case 'missing': {
      const made = makeDirectory(root, mode);
      return { root, before: { kind, made }, files: new Map(), mode };
    }
    case 'empty':
      return { root, before: { kind }, files: new Map(), mode };
    case 'volume':
      return { root, before: { kind }, files: readKeys(root).files, mode };
    case 'files': {
      const { files } = requireKeys(root, readKeys(root));
      moveAside(root, keptIn, mode);
      return { root, before: { kind, keptIn }, files, mode };
    }
    default:
      return kind satisfies never;
  }
}

/** An earlier run was killed, or left the volume on purpose: what waits is still what was before. */
function resume(root: string, keptIn: string, kind: Before['kind']): Place {
  if (kind === 'files') {
    refuse(
      `${keptIn} has the files of an earlier run that was killed, and ${root} has files, too: move away one of the two`,
    );
  }
  const { files } = readKeys(kind === 'volume' ? root : keptIn);
  const mode = statSync(keptIn).mode & PERMISSION_BITS;
  return { root, before: { kind: 'files', keptIn }, files, mode };
}

function lookAt(root: string): Before['kind'] {
  if (!existsSync(root)) return 'missing';
  if (isVolume(root)) return 'volume';
  return readdirSync(root).length === 0 ? 'empty' : 'files';
}

function requireKeys(root: string, reading: Reading): Reading {
  if (reading.leftOut.length === 0) return reading;
  return refuse(
    `${root} holds what cannot be keys of a ConfigMap, and is left as it is: ${reading.leftOut.join('; ')}. To use the rest: rehup simulate /tmp/config --from ${root}`,
  );
}

function moveAside(root: string, keptIn: string, mode: number): void {
  try {
    renameSync(root, keptIn);
  } catch (error) {
    refuse(
      `${root} cannot be moved aside to ${keptIn} (${errorCode(error)}), and is left as it is. It need not be with: rehup simulate /tmp/config --from ${root}`,
      error,
    );
  }
  try {
    makeDirectory(root, mode);
  } catch (error) {
    renameSync(keptIn, root);
    throw error;
  }
}

/**
 * Undoes the take-over. Returns what there is to know where it cannot be undone in full: whatever
 * others have put into the volume stays.
 */
export function giveBack({ root, before, files, mode }: Place, volume: Volume): string | undefined {
  if (before.kind === 'volume') {
    volume.write(files, 'sync');
    return undefined;
  }
  clearVolume(root);
  switch (before.kind) {
    case 'missing':
      return removeUpTo(root, before.made) ? undefined : describeStrangers(root);
    case 'empty':
      // A tear-down may have removed it.
      if (!existsSync(root)) makeDirectory(root, mode);
      return describeStrangers(root);
    case 'files':
      return moveBack(root, before.keptIn);
    default:
      return before satisfies never;
  }
}

function moveBack(root: string, keptIn: string): string | undefined {
  if (!existsSync(keptIn)) return `${keptIn} is gone, so nothing was moved back`;
  if (removeDirectory(root)) {
    renameSync(keptIn, root);
    return undefined;
  }
  return `${describeStrangers(root) ?? `${root} cannot be removed`}; your own are in ${keptIn}`;
}

function describeStrangers(root: string): string | undefined {
  const names = existsSync(root) ? readdirSync(root) : [];
  if (names.length === 0) return undefined;
  return `${root} keeps files that were put there meanwhile: ${names.join(', ')}`;
}

function removeUpTo(root: string, highest: string): boolean {
  for (let directory = root; ; directory = dirname(directory)) {
    if (!removeDirectory(directory)) return false;
    if (directory === highest) return true;
  }
}
