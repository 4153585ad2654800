import { randomInt } from 'node:crypto';
import { existsSync, readdirSync, readlinkSync, rmSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../system/errors.ts';
import { makeDirectory, removeDirectory } from './directory.ts';
import { type KeyFiles, READ_ONLY } from './keys.ts';
import { DATA_LINK, NEW_DATA_LINK } from './kubelet/actions.ts';
import { createRandom } from './kubelet/random.ts';
import { syncVolume, type VolumeSettings } from './kubelet/sync.ts';
import { isTsDirName } from './kubelet/ts-dir.ts';

/** `old`: as Kubernetes 1.20 writes a volume. `new`: as 1.30 and later do. */
export type Order = 'old' | 'new';

/** `sync` writes what differs, `swap` also what is equal, `crash` ends right after the swap. */
export type WriteMode = 'sync' | 'swap' | 'crash';

export type Volume = {
  /** Brings the volume to this content; returns whether that took a swap. */
  write: (files: KeyFiles, mode: WriteMode) => boolean;
  /** Removes the volume; the next write sets it up anew. */
  tearDown: () => void;
};

/** @param rootMode Permission bits of the root, where it has to be made. */
export function createVolume(root: string, order: Order, rootMode: number): Volume {
  const settings = makeSettings(order);
  return {
    write: (files, mode) => {
      if (!existsSync(root)) makeDirectory(root, rootMode);
      const payload = Object.fromEntries([...files].map(([path, file]) => [path, file.content]));
      const modes = Object.fromEntries([...files].map(([path, file]) => [path, file.mode]));
      const steps = syncVolume(root, payload, { ...settings, modes }, mode !== 'sync');
      for (;;) {
        const step = steps.next();
        if (step.done) return step.value;
        if (mode === 'crash' && step.value === 'rename-data-tmp') return true;
      }
    },
    tearDown: () => {
      clearVolume(root);
      removeDirectory(root);
    },
  };
}

function makeSettings(order: Order): VolumeSettings {
  const seed = randomInt(2 ** 32);
  return {
    generation: order === 'old' ? 'G0' : 'G3',
    defaultMode: READ_ONLY,
    modes: {},
    now: () => new Date(),
    order: createRandom(seed),
    suffixes: createRandom(~seed),
  };
}

/** Removes what the kubelet's writer makes, and nothing that anybody else has put there. */
export function clearVolume(root: string): void {
  for (const entry of listEntries(root)) {
    if (isWritersOwn(root, entry)) rmSync(join(root, entry.name), { recursive: true });
  }
}

function listEntries(root: string): Dirent[] {
  try {
    return readdirSync(root, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

function isWritersOwn(root: string, entry: Dirent): boolean {
  if (entry.isDirectory()) return isTsDirName(entry.name);
  if (!entry.isSymbolicLink()) return false;
  if (entry.name === DATA_LINK || entry.name === NEW_DATA_LINK) return true;
  return readlinkSync(join(root, entry.name)) === `${DATA_LINK}/${entry.name}`;
}
