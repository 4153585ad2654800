/*
 * Reads one mount at one moment. It knows how each layout is written: a kubelet volume is swapped by
 * its link `..data`, a release by a link that is the mount itself, a directory and a file are edited
 * where they are. From that it decides which directory to hold a handle of while the keys are read
 * (read-below.ts), what must still be the same afterwards for two generations not to have been mixed,
 * which keys an app would see, and when the content came to be there. What counts and how files are
 * compared is told to it; whether to start over, and what to say, is its caller's (read-mount.ts).
 */
import { lstatSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { NotRegular } from '../../system/regular-file.ts';
import { isVisible, type Shape } from '../mount/layout.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import { identityOfLink } from '../mount/walk.ts';
import { createHasher } from './hash-file.ts';
import type { Pace } from './pace.ts';
import {
  addKey,
  type Content,
  readKey,
  type ReadOptions as KeyOptions,
  readThroughHandle,
  toMs,
} from './read-below.ts';
import { createSnapshot, type Snapshot } from './snapshot.ts';

export type ReadOptions = KeyOptions & {
  /** What is seen in the middle of an update counts as swapped; else it is taken as it is. */
  patient: boolean;
};

/**
 * Reads one mount. Throws SwappedWhileReading where it became another one meanwhile, UnreadableKey
 * where a key that counts cannot be read, and the system's error where nothing can.
 */
export async function readSnapshot(
  path: string,
  layout: Shape,
  options: ReadOptions,
): Promise<Snapshot> {
  switch (layout.kind) {
    case 'kubelet':
      return await readKubeletVolume(path, options);
    case 'link':
      return await readLink(path, options);
    case 'directory':
      return toSnapshot(await readThroughHandle(path, undefined, options), { inPlace: true });
    case 'file':
      return toSnapshot(await readFile(path, 0, options), { inPlace: true });
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
async function readKubeletVolume(path: string, options: ReadOptions): Promise<Snapshot> {
  const data = join(path, '..data');
  const swapped = lstatSync(data, { bigint: true });
  const linkedAtMs = await readLinks(path, options.pace);
  if (options.patient && !isLinked(data, linkedAtMs)) throw new SwappedWhileReading(path);
  const isShown = (key: string): boolean => linkedAtMs.size === 0 || linkedAtMs.has(top(key));
  const counts = (key: string): boolean => isShown(key) && options.counts(key);
  const { keys, others } = await readThroughHandle(data, data, { ...options, counts });
  // After the next swap, links of keys that it removed are gone.
  if (identityOfLink(lstatSync(data, { bigint: true })) !== identityOfLink(swapped)) {
    throw new SwappedWhileReading(data);
  }
  const shown = new Set([...keys.keys(), ...others.keys()].filter(isShown).map(top));
  const times = [...linkedAtMs].flatMap(([name, ms]) => (shown.has(name) ? ms : []));
  const newestMs = Math.max(toMs(swapped.ctimeNs), ...times);
  return toSnapshot({ keys, others, newestMs }, { swap: identityOfLink(swapped) });
}

/** The link of `certs/tls.key` is `certs`. */
function top(key: string): string {
  return key.split('/', 1)[0] ?? key;
}

/** Name → ctime of the visible links. Who writes such a volume without any has its readers use `..data`. */
async function readLinks(path: string, pace: Pace): Promise<Map<string, number>> {
  const links = new Map<string, number>();
  for (const name of readdirSync(path).filter(isVisible)) {
    const stats = lstatSync(join(path, name), { throwIfNoEntry: false });
    // Anything else is a mount point below this one, say.
    if (stats?.isSymbolicLink() === true) links.set(name, stats.ctimeMs);
    const pause = pace();
    if (pause) await pause;
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

async function readLink(path: string, options: ReadOptions): Promise<Snapshot> {
  const swappedAtMs = lstatSync(path).ctimeMs;
  if (!statSync(path).isDirectory()) return toSnapshot(await readFile(path, swappedAtMs, options));
  const content = await readThroughHandle(path, path, options);
  return toSnapshot({ ...content, newestMs: Math.max(swappedAtMs, content.newestMs) });
}

async function readFile(path: string, swappedAtMs: number, options: ReadOptions): Promise<Content> {
  if (!statSync(path).isFile()) throw new NotRegular();
  const content: Content = { keys: new Map(), others: new Map(), newestMs: swappedAtMs };
  const key = basename(path);
  if (!options.counts(key)) return content;
  const hasher = createHasher(options);
  try {
    addKey(content, key, await readKey(path, key, hasher));
    return content;
  } finally {
    hasher.wipe();
  }
}

function toSnapshot(
  { keys, others, newestMs }: Content,
  beside: Partial<Pick<Snapshot, 'inPlace' | 'swap'>> = {},
): Snapshot {
  return createSnapshot(keys, newestMs, { others, ...beside });
}
