import { isUtf8 } from 'node:buffer';
import { type BigIntStats, type Dirent, opendirSync, type Stats, statSync } from 'node:fs';
import { errorCode, Plain } from '../../system/errors.ts';

/** A file or a directory below the one that is walked through. */
export type Entry = {
  path: Buffer;
  /** Below the walked directory, with `/` between names. */
  key: string;
  isFile: boolean;
  /** Of what a link leads to; `undefined` once it is gone. */
  readStats: () => BigIntStats | undefined;
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
 * directory that the way came through.
 */
export function* walk(directory: Buffer): Generator<Entry, void, void> {
  const root = statSync(directory, { bigint: true });
  yield* walkBelow({ directory, prefix: '', above: [identityOf(root)] }, { left: MAX_ENTRIES });
}

type Step = { directory: Buffer; prefix: string; above: readonly string[] };

function* walkBelow(
  { directory, prefix, above }: Step,
  budget: { left: number },
): Generator<Entry, void, void> {
  for (const entry of entriesOf(directory)) {
    budget.left -= 1;
    if (budget.left < 0) throw new TooMuch(`it holds more than ${MAX_ENTRIES} files`);
    const { name } = entry;
    const path = Buffer.concat([directory, Buffer.from('/'), name]);
    const key = prefix + toKey(name);
    // The directory tells of most entries what they are, which saves a look at each of many.
    if (entry.isFile()) {
      yield { path, key, isFile: true, readStats: () => statEntry(path) };
      continue;
    }
    const stats = statEntry(path);
    if (stats === undefined) continue;
    const readStats = (): BigIntStats => stats;
    if (stats.isFile()) {
      yield { path, key, isFile: true, readStats };
    } else if (stats.isDirectory() && !above.includes(identityOf(stats))) {
      yield { path, key, isFile: false, readStats };
      const inner = { directory: path, prefix: `${key}/`, above: [...above, identityOf(stats)] };
      yield* walkBelow(inner, budget);
    }
  }
}

/** Piece by piece: a directory may hold more names than there is memory for. */
function* entriesOf(directory: Buffer): Generator<Dirent<Buffer>, void, void> {
  const handle = opendirSync(directory, OPEN_DIRECTORY);
  try {
    for (let entry = handle.readSync(); entry !== null; entry = handle.readSync()) {
      yield entry as unknown as Dirent<Buffer>;
    }
  } finally {
    handle.closeSync();
  }
}

/** Names come as buffers, which the type does not know. */
const OPEN_DIRECTORY = { encoding: 'buffer' as BufferEncoding, bufferSize: 256 };

export function identityOf({ dev, ino }: Pick<Stats | BigIntStats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
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

/** Names outside a kubelet volume may hold any byte: invalid UTF-8 is written as `\xNN`. */
function toKey(name: Buffer): string {
  if (isUtf8(name)) return name.toString();
  return name
    .toString('latin1')
    .replaceAll(/[\u0080-\u00ff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);
}
