import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { isVisible, type Layout } from '../mount/layout.ts';
import { identityOf, walk } from '../mount/walk.ts';
import { NotRegular, openRegular } from '../../system/regular-file.ts';
import { createHasher, type Hasher, type Hide } from './hash-file.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

/** A directory was swapped or removed under the reader: start over. */
export class SwappedWhileReading extends Error {}

export type ReadOptions = {
  hide?: Hide | undefined;
  /** What is seen in the middle of an update counts as swapped; else it is taken as it is. */
  patient: boolean;
};

/**
 * Reads one mount while a handle of its current directory is held, so that two generations never mix;
 * throws SwappedWhileReading where another directory has taken its place meanwhile, and the system's
 * error where a file cannot be read.
 */
export function readSnapshot(path: string, layout: Layout, options: ReadOptions): Snapshot {
  switch (layout.kind) {
    case 'kubelet':
      return readKubeletVolume(path, options);
    case 'link':
      return readLink(path);
    case 'directory':
      return readTree(path);
    case 'file':
      return readFile(path, 0);
    case 'torn-down':
    case 'absent':
    case 'unreadable':
      throw new SwappedWhileReading(`${path} is ${layout.kind}`);
    default:
      return layout satisfies never;
  }
}

/**
 * Only the ctimes of links date the swap: under fsGroup, older kubelets touch the files of an
 * unchanged volume at every sync. A key without a visible link is none yet: an app that read the
 * volume now would not find it (kubernetes issue #121472).
 */
function readKubeletVolume(path: string, { hide, patient }: ReadOptions): Snapshot {
  const data = join(path, '..data');
  const swapped = lstatSync(data, { bigint: true });
  const linkedAtMs = readLinks(path);
  if (patient && !isLinked(data, linkedAtMs)) throw new SwappedWhileReading(path);
  const { keys } = readThroughHandle(data, data, hide);
  // After the next swap, links of keys that it removed are gone.
  if (identityOf(lstatSync(data, { bigint: true })) !== identityOf(swapped)) {
    throw new SwappedWhileReading(data);
  }
  const visible = [...keys].filter(([key]) => linkedAtMs.size === 0 || linkedAtMs.has(top(key)));
  const shown = new Set(visible.map(([key]) => top(key)));
  const times = [...linkedAtMs].flatMap(([name, ms]) => (shown.has(name) ? ms : []));
  return createSnapshot(new Map(visible), Math.max(toMs(swapped.ctimeNs), ...times));
}

/** The link of `certs/tls.key` is `certs`. */
function top(key: string): string {
  return key.split('/', 1)[0] ?? key;
}

/** Name → ctime of the visible links. Who writes such a volume without any has its readers use `..data`. */
function readLinks(path: string): Map<string, number> {
  const links = new Map<string, number>();
  for (const name of readdirSync(path).filter(isVisible)) {
    const stats = lstatSync(join(path, name), { throwIfNoEntry: false });
    // Anything else is a mount point below this one, say.
    if (stats?.isSymbolicLink() === true) links.set(name, stats.ctimeMs);
  }
  return links;
}

/** Each name has its link, and each link leads somewhere: no update and no tear-down is under way. */
function isLinked(data: string, links: ReadonlyMap<string, number>): boolean {
  const names = readdirSync(data);
  return (
    links.size === 0 || (names.length === links.size && names.every((name) => links.has(name)))
  );
}

function readLink(path: string): Snapshot {
  const swappedAtMs = lstatSync(path).ctimeMs;
  if (!statSync(path).isDirectory()) return readFile(path, swappedAtMs);
  const { keys, newestMs } = readThroughHandle(path, path);
  return createSnapshot(keys, Math.max(swappedAtMs, newestMs));
}

function readTree(path: string): Snapshot {
  const { keys, newestMs } = readThroughHandle(path, undefined);
  return createSnapshot(keys, newestMs);
}

function readFile(path: string, swappedAtMs: number): Snapshot {
  if (!statSync(path).isFile()) throw new NotRegular();
  const hasher = createHasher();
  try {
    const { hash, changedMs } = readKey(path, hasher);
    const keys = new Map([[basename(path), hash]]);
    return createSnapshot(keys, Math.max(swappedAtMs, changedMs));
  } finally {
    hasher.wipe();
  }
}

type Content = {
  keys: ReadonlyMap<string, string>;
  /** When the newest file or directory was written, as wall clock. */
  newestMs: number;
};

/** @param link The symlink that was followed; where it leads must not change while we read. */
function readThroughHandle(directory: string, link: string | undefined, hide?: Hide): Content {
  const handle = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  const hasher = createHasher(hide);
  try {
    // A way through /proc would take twice as long for each key.
    const place = readlinkSync(`/proc/self/fd/${handle}`, { encoding: 'buffer' });
    const content = readBelow(place, handle, hasher);
    // The kubelet removes a directory only after `..data` has left it: still the same one now means
    // that nothing was removed while it was listed and read.
    for (const way of [place, ...(link === undefined ? [] : [link])]) {
      if (!leadsTo(way, handle)) throw new SwappedWhileReading(directory);
    }
    return content;
  } finally {
    hasher.wipe();
    closeSync(handle);
  }
}

function readBelow(place: Buffer, handle: number, hasher: Hasher): Content {
  const keys = new Map<string, string>();
  let newestMs = fstatSync(handle).ctimeMs;
  for (const { path, key, isFile, readStats } of walk(place)) {
    if (isFile) {
      const { hash, changedMs } = readKey(path, hasher);
      keys.set(key, hash);
      newestMs = Math.max(newestMs, changedMs);
    } else {
      newestMs = Math.max(newestMs, toMs(readStats()?.ctimeNs ?? 0n));
    }
  }
  return { keys, newestMs };
}

function readKey(path: string | Buffer, hasher: Hasher): { hash: string; changedMs: number } {
  const file = openKey(path);
  try {
    return { hash: hasher.hash(file), changedMs: toMs(file.stats.ctimeNs) };
  } finally {
    closeSync(file.handle);
  }
}

/** It was a regular file a moment ago: what has taken its place is looked at anew. */
function openKey(path: string | Buffer): ReturnType<typeof openRegular> {
  try {
    return openRegular(path);
  } catch (error) {
    if (error instanceof NotRegular)
      throw new SwappedWhileReading('no file any more', { cause: error });
    throw error;
  }
}

function leadsTo(path: string | Buffer, handle: number): boolean {
  const now = statSync(path, { throwIfNoEntry: false, bigint: true });
  return now !== undefined && identityOf(now) === identityOf(fstatSync(handle, { bigint: true }));
}

function toMs(ns: bigint): number {
  return Number(ns) / 1_000_000;
}
