import { isUtf8 } from 'node:buffer';
import {
  type BigIntStats,
  type Dirent,
  lstatSync,
  opendirSync,
  type Stats,
  statSync,
} from 'node:fs';
import { errorCode, Plain } from '../../system/errors.ts';
import { isVisible } from './layout.ts';
import { SwappedWhileReading } from './swapped.ts';

/** A file or a directory below the one that is walked through. */
export type Entry = {
  path: Buffer;
  /** Below the walked directory, with `/` between names. */
  key: string;
  isFile: boolean;
  /** Of what a link leads to; `undefined` once it is gone. */
  readStats: () => BigIntStats | undefined;
  /** It cannot be looked at or into (EACCES, say): a trouble only for whoever needs it. */
  trouble?: Error;
};

/**
 * A ConfigMap has some tens. A few links that lead to each other's directories make more paths than
 * can ever be walked, though none of them leads back to where it came from.
 */
const MAX_ENTRIES = 100_000;

/** There is more below a directory than can be looked at. */
export class TooMuch extends Plain {}

/**
 * All files and directories below a directory, links followed. What is neither (pipes, devices,
 * sockets, links that lead nowhere or to themselves) is passed over; so is a link back to a
 * directory that the way came through, and what a kubelet volume below keeps for its writer.
 *
 * @throws SwappedWhileReading where such a volume is another one at its end than at its begin.
 */
export function* walk(directory: Buffer): Generator<Entry, void, void> {
  const root = statSync(directory, { bigint: true });
  const entries = entriesOf(directory);
  const step = { directory, entries, prefix: '', above: [identityOf(root)] };
  yield* walkBelow(step, { left: MAX_ENTRIES });
}

type Step = {
  directory: Buffer;
  entries: Generator<Dirent<Buffer>, void, void>;
  prefix: string;
  above: readonly string[];
};

function* walkBelow(
  { directory, entries, prefix, above }: Step,
  budget: { left: number },
): Generator<Entry, void, void> {
  const data = readSwap(directory);
  for (const entry of entries) {
    budget.left -= 1;
    if (budget.left < 0) throw new TooMuch(`it holds more than ${MAX_ENTRIES} files`);
    const { name } = entry;
    if (data !== undefined && !isVisible(name.toString('latin1'))) continue;
    const path = below(directory, name);
    const key = prefix + toKey(name);
    // The directory tells of most entries what they are, which saves a look at each of many.
    if (entry.isFile()) {
      yield { path, key, isFile: true, readStats: () => statEntry(path) };
      continue;
    }
    const stats = orTrouble(() => statEntry(path));
    if (stats === undefined) continue;
    if (stats instanceof Error) {
      yield closed(path, key, stats);
      continue;
    }
    const readStats = (): BigIntStats => stats;
    if (stats.isFile()) {
      yield { path, key, isFile: true, readStats };
    } else if (stats.isDirectory() && !above.includes(identityOf(stats))) {
      yield { path, key, isFile: false, readStats };
      const inner = orTrouble(() => entriesOf(path));
      if (inner instanceof Error) {
        yield closed(path, key, inner);
        continue;
      }
      const ways = [...above, identityOf(stats)];
      yield* walkBelow({ directory: path, entries: inner, prefix: `${key}/`, above: ways }, budget);
    }
  }
  // Who takes an entry has read it by the time the next one is asked for.
  if (readSwap(directory) !== data) throw new SwappedWhileReading(String(directory));
}

/** Which swap a kubelet volume is at; `undefined` for any other directory. */
export function readSwap(directory: Buffer): string | undefined {
  try {
    // Of most directories there is none; an error for each would be most of the work.
    const link = lstatSync(below(directory, DATA), { bigint: true, throwIfNoEntry: false });
    return link?.isSymbolicLink() === true ? identityOfLink(link) : undefined;
  } catch {
    return undefined;
  }
}

const DATA = Buffer.from('..data');

function below(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from('/'), name]);
}

function closed(path: Buffer, key: string, trouble: Error): Entry {
  return { path, key, isFile: false, readStats: () => undefined, trouble };
}

/** Opened at once, and listed piece by piece: it may hold more names than there is memory for. */
function entriesOf(directory: Buffer): Generator<Dirent<Buffer>, void, void> {
  const handle = opendirSync(directory, OPEN_DIRECTORY);
  return (function* list() {
    try {
      for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
        yield entry as unknown as Dirent<Buffer>;
      }
    } finally {
      handle.closeSync();
    }
  })();
}

/** Names come as buffers, which the type does not know. */
const OPEN_DIRECTORY = { encoding: 'buffer' as BufferEncoding, bufferSize: 256 };

function identityOf({ dev, ino }: Pick<Stats | BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/** A link that is made again may get the inode of the one that went. */
export function identityOfLink(link: BigIntStats): string {
  return `${identityOf(link)} ${link.ctimeNs}`;
}

/** Went away meanwhile, or a link that nobody can follow. */
const NO_ENTRY = ['ENOENT', 'ELOOP', 'ENAMETOOLONG'];

function statEntry(path: Buffer): BigIntStats | undefined {
  try {
    return statSync(path, { bigint: true });
  } catch (error) {
    if (NO_ENTRY.includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** What is closed to this process, or cannot be read off its medium, is so for this entry alone. */
const OF_THE_ENTRY = ['EACCES', 'EPERM', 'EIO'];

export function isOfTheEntry(error: unknown): error is Error {
  return error instanceof Error && OF_THE_ENTRY.includes(errorCode(error) ?? '');
}

function orTrouble<Value>(look: () => Value): Value | Error {
  try {
    return look();
  } catch (error) {
    if (isOfTheEntry(error)) return error;
    throw error;
  }
}

/** Names outside a kubelet volume may hold any byte: invalid UTF-8 is written as `\xNN`. */
function toKey(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  return name
    .toString('latin1')
    .replaceAll(/[\u0080-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}
