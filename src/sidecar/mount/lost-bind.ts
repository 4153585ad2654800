import { lstatSync } from 'node:fs';
import { readOwnMounts } from '../../system/proc/own-mounts.ts';
import { findContaining } from './containing.ts';
import type { Shape } from './layout.ts';
import { isUnlinked, type Mount, toVolume } from './mount.ts';

/**
 * Whether the file or directory that was bound here has been replaced where it comes from: a mount
 * is bound to what was there when the container started, and what is renamed into its place since
 * does not show in it. The mount table says so; what the kubelet does itself has names of its own.
 */
export function isLostBind({ path, volume }: Mount, { kind }: Shape): boolean {
  if (volume?.kind === 'configmap' || volume?.subPath === true) return false;
  const isSuspect = kind === 'torn-down' || kind === 'absent' || (kind === 'file' && isGone(path));
  if (!isSuspect) return false;
  const entry = findContaining(path, readOwnMounts());
  return entry !== undefined && isUnlinked(toVolume(entry));
}

/** No name leads to it any more where it comes from. */
function isGone(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.nlink === 0;
}
