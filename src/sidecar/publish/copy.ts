import { closeSync, readdirSync, readSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { errorCode, Plain } from '../../system/errors.ts';
import { type OpenFile, openRegular } from '../../system/regular-file.ts';
import { type Clash, describeClash, type Owners } from '../../system/volume/owners.ts';
import { parseVolumePath, topOf } from '../../system/volume/paths.ts';
import type { VolumeFile } from '../../system/volume/stage.ts';
import { isVisible } from '../mount/layout.ts';
import { isWatchedKey, type Mount } from '../mount/mount.ts';
import { walk } from '../mount/walk.ts';
import { explainUnreadable } from '../snapshot/problem.ts';
import { UnreadableKey } from '../snapshot/read-below.ts';
import { findDirectory } from '../validate/read-content.ts';

/** Two sources have the same key, or one a file where the other has a folder, and neither is to win. */
export class KeyConflict extends Plain {
  constructor(clash: Clash, mount: string) {
    super(describeClash(clash, mount));
  }
}

/** What is published has every key of its sources, those that do not count as well. */
export class UnreadableSource extends Plain {
  readonly remedy: string;
  /** Its mode, or the file system itself. */
  readonly isClosed: boolean;

  constructor(mount: Mount, closed: UnreadableKey) {
    const isKubelet = findDirectory(mount.path) !== mount.path;
    const { reason, remedy } = explainUnreadable(mount, isKubelet, closed);
    super(`${reason}, and all keys are published`);
    this.remedy = remedy;
    this.isClosed = errorCode(closed.cause) !== 'EIO';
  }
}

type CopyOptions = { laterWins: boolean; owners: Owners; isWritten: boolean; without?: string };

/**
 * The files of several sources, in their order, as they are to be published: with their modes. Takes no
 * care that they are of one generation; what was written has to be compared with what was asked for.
 *
 * @param owners Takes in which mount each key is from, by the path of that.
 * @param isWritten The copies are given to a program, which may write to them: no link leads to what is published.
 * @param without A key that is not for the app.
 * @throws KeyConflict where two have the same key, unless the later one is to win.
 * @throws UnreadableSource where one cannot be read.
 */
export function* copySources(
  mounts: readonly Mount[],
  { laterWins, owners, isWritten, without }: CopyOptions,
): Generator<VolumeFile, void, void> {
  // Where the later wins, it is taken first, and what it has is passed over in the others.
  for (const mount of laterWins ? mounts.toReversed() : mounts) {
    for (const { path, key } of filesOf(mount)) {
      if (key === without) continue;
      const clash = owners.claim(key, mount.path);
      if (clash !== undefined && laterWins) continue;
      if (clash !== undefined) throw new KeyConflict(clash, mount.path);
      if (mount.isDelivered === true && !isWritten) {
        yield { path: parseVolumePath(key), existing: path };
        continue;
      }
      yield* copyFile(mount, path, key);
    }
  }
}

function* filesOf(mount: Mount): Generator<{ path: string | Buffer; key: string }> {
  const { path, only } = mount;
  if (statSync(path).isFile()) {
    yield { path, key: basename(path) };
    return;
  }
  const directory = realpathSync(findDirectory(path));
  const links = linksOf(path);
  for (const { path: place, key, isFile, trouble } of walk(Buffer.from(directory))) {
    if (!isWatchedKey(only, key) || !isLinked(key, links)) continue;
    if (trouble) throw unreadable(mount, place, key, trouble);
    if (isFile) yield { path: place, key };
  }
}

/** A key of a kubelet volume that has no link is none yet; one without any has its readers use `..data`. */
function isLinked(key: string, links: ReadonlySet<string> | undefined): boolean {
  return links === undefined || links.size === 0 || links.has(topOf(key));
}

function linksOf(path: string): ReadonlySet<string> | undefined {
  if (findDirectory(path) === path) return undefined;
  const entries = readdirSync(path, { withFileTypes: true });
  const links = entries.filter((entry) => entry.isSymbolicLink() && isVisible(entry.name));
  return new Set(links.map(({ name }) => name));
}

/** Open as long as whoever takes it writes it. */
function* copyFile(
  mount: Mount,
  path: string | Buffer,
  key: string,
): Generator<VolumeFile, void, void> {
  const { handle, stats } = openSource(mount, path, key);
  try {
    // Who writes it must be able to read it.
    const mode = (Number(stats.mode) & 0o777) | 0o400;
    yield { path: parseVolumePath(key), mode, content: pieces(handle, Number(stats.size)) };
  } finally {
    closeSync(handle);
  }
}

function openSource(mount: Mount, path: string | Buffer, key: string): OpenFile {
  try {
    return openRegular(path);
  } catch (error) {
    throw unreadable(mount, path, key, error as Error);
  }
}

/** That this key is the trouble, where it is. */
function unreadable(mount: Mount, path: string | Buffer, key: string, trouble: Error): Error {
  if (!['EACCES', 'EPERM', 'EIO'].includes(errorCode(trouble) ?? '')) return trouble;
  return new UnreadableSource(mount, new UnreadableKey(key, path, trouble));
}

const PIECE = 64 * 1024;

/** What an open file holds, piece by piece. @param size As far as it is known; files in /proc have none, whatever they hold. */
export function* pieces(handle: number, size: number): Generator<Uint8Array, void, void> {
  const piece = Buffer.allocUnsafe(Math.min(size, PIECE) || PIECE);
  for (;;) {
    const length = readSync(handle, piece);
    if (length === 0) break;
    yield piece.subarray(0, length);
  }
  // It may have been secret.
  piece.fill(0);
}
