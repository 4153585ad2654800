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

/** The same, as far as it takes to read what is there. */
export type Shape =
  { kind: Exclude<Layout['kind'], 'unreadable'> } | Extract<Layout, { kind: 'unreadable' }>;

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
  return lookAt<Layout>(path, kubelet, {
    link: (link) => ({ kind: 'link', version: linkVersion(link, readlinkSync(path)) }),
    kubelet: (link, data) => {
      const names = readdirSync(path);
      const target = readlinkSync(data);
      // A kubelet that ends between the swap and the links of new keys makes up for them at a later sync.
      const visible = names.filter(isVisible).toSorted().join('/');
      const version = `${linkVersion(link, target)}:${visible}`;
      return { kind: 'kubelet', version, complete: isComplete(names, target) };
    },
  });
}

/** What is about to be read tells by itself which version it is. */
export function readShape(path: string, kubelet: boolean): Shape {
  return lookAt<Shape>(path, kubelet, {
    link: () => ({ kind: 'link' }),
    kubelet: () => ({ kind: 'kubelet' }),
  });
}

type Links<Found> = {
  link: (link: BigIntStats) => Found;
  kubelet: (link: BigIntStats, data: string) => Found;
};

type Plain = Exclude<Layout, { kind: 'link' | 'kubelet' }>;

function lookAt<Found extends Shape>(
  path: string,
  kubelet: boolean,
  links: Links<Found>,
): Found | Plain {
  try {
    const self = lstatSync(path, { bigint: true });
    if (self.isSymbolicLink()) return links.link(self);
    if (self.isFile()) return { kind: 'file' };
    if (!self.isDirectory()) return { kind: 'unreadable', reason: 'neither directory nor file' };
    const data = join(path, '..data');
    const link = lstatSync(data, { bigint: true, throwIfNoEntry: false });
    if (link?.isSymbolicLink()) return links.kubelet(link, data);
    // A root that is unlinked while mounted stays an empty directory without links to it.
    return kubelet || self.nlink === 0n ? { kind: 'torn-down' } : { kind: 'directory' };
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
    return { kind: 'unreadable', reason: code ?? String(error) };
  }
}

/** A swap back to an earlier target is told from no swap by the inode of the link. */
function linkVersion({ ino, ctimeNs }: BigIntStats, target: string): string {
  return `${ino}:${ctimeNs}:${target}`;
}

/**
 * The kubelet removes the old timestamped directory last, after the visible links: once `..data`
 * points to the only one there is, the update has ended. A directory left over by a crash keeps this
 * false, and the quiet window decides.
 */
function isComplete(names: readonly string[], target: string): boolean {
  const timestamped = names.filter(isTimestamped);
  return timestamped.length === 1 && timestamped[0] === target;
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
