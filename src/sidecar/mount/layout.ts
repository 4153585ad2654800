import { lstatSync, readdirSync, readlinkSync, statSync, type BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { errorCode } from '../../system/errors.ts';

/**
 * How a watched path is laid out on disk, looked at without reading contents.
 *
 * - `kubelet`: a volume written by the kubelet's AtomicWriter; `..data` is the commit point.
 * - `link`: a symlink that is swapped (git-sync, release-style `current`).
 * - `directory`, `file`: edited in place or by renames.
 * - `torn-down`: a kubelet volume whose links are gone. The kubelet set it up again elsewhere, and
 *   this container will never see that (kubernetes issue #113242): not the same as an empty volume.
 * - `absent`, `unreadable`: nothing there, or not for us.
 */
export type Layout =
  | { kind: 'kubelet'; version: string; complete: boolean }
  | { kind: 'link'; version: string }
  | { kind: 'directory' }
  | { kind: 'file' }
  | { kind: 'torn-down' }
  | { kind: 'absent' }
  | { kind: 'unreadable'; reason: string };

/** A timestamped directory of the AtomicWriter; the number of digits varies with the Go release. */
const TIMESTAMPED = /^\.\.\d{4}_\d{2}_\d{2}_\d{2}_\d{2}_\d{2}\.\d+$/;

export function isTimestamped(name: string): boolean {
  return TIMESTAMPED.test(name);
}

/** The kubelet keeps all names that begin with two dots for itself; the others are for the app. */
export function isVisible(name: string): boolean {
  return !name.startsWith('..');
}

/** @param kubelet The path is known to be a kubelet volume, so that missing links mean a tear-down. */
export function readLayout(path: string, kubelet: boolean): Layout {
  try {
    return lookAt(path, kubelet);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', reason: code ?? String(error) };
  }
}

function lookAt(path: string, kubelet: boolean): Layout {
  const self = lstatSync(path, { bigint: true });
  if (self.isSymbolicLink()) return { kind: 'link', version: linkVersion(path, self) };
  if (self.isFile()) return { kind: 'file' };
  if (!self.isDirectory()) return { kind: 'unreadable', reason: 'neither directory nor file' };
  const data = join(path, '..data');
  const link = lstatSync(data, { bigint: true, throwIfNoEntry: false });
  if (link?.isSymbolicLink()) {
    const names = readdirSync(path);
    // A kubelet that ends between the swap and the links of new keys makes up for them at a later sync.
    const visible = names.filter(isVisible).toSorted().join('/');
    const version = `${linkVersion(data, link)}:${visible}`;
    return { kind: 'kubelet', version, complete: isComplete(names, data) };
  }
  // A root that is unlinked while mounted stays an empty directory without links to it.
  return kubelet || self.nlink === 0n ? { kind: 'torn-down' } : { kind: 'directory' };
}

/** A swap back to an earlier target is told from no swap by the inode of the link. */
function linkVersion(path: string, link: BigIntStats): string {
  return `${link.ino}:${link.ctimeNs}:${readlinkSync(path)}`;
}

/**
 * The kubelet removes the old timestamped directory last, after the visible links: once `..data`
 * points to the only one there is, the update has ended. A directory left over by a crash keeps this
 * false, and the quiet window decides.
 */
function isComplete(names: readonly string[], data: string): boolean {
  const timestamped = names.filter(isTimestamped);
  return timestamped.length === 1 && timestamped[0] === readlinkSync(data);
}

/** Identity of a directory: another one under the same path needs a new watch. */
export function readIdentity(path: string): string | undefined {
  try {
    const stats = statSync(path, { bigint: true });
    return `${stats.dev}:${stats.ino}`;
  } catch {
    // Not there, or not for us (EACCES, ELOOP): the same to a watch.
    return undefined;
  }
}
