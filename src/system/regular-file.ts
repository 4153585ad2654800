import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  openSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { errorCode, Plain } from './errors.ts';
import { requireInVolume } from './led-away.ts';
import { readOwnMounts } from './proc/own-mounts.ts';

/** A pipe in the place of a file would block whoever reads it, and a device would never end. */
export class NotRegular extends Plain {
  constructor() {
    super('it is not a regular file');
  }
}

/** What a file holds is more than its reader takes. */
export class TooLarge extends Plain {
  constructor(limit: number) {
    super(`it is larger than ${Math.floor(limit / 1024)} KiB`);
  }
}

export type OpenFile = { handle: number; stats: BigIntStats };

/** To open a pipe or a terminal must neither wait nor have an effect. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/**
 * Opens a file for reading, wherever a link leads. @throws NotRegular, or the system's error. The
 * caller closes it.
 */
export function openRegular(path: string | Buffer, flags = 0): OpenFile {
  const handle = openSync(path, READ | flags);
  try {
    const stats = fstatSync(handle, { bigint: true });
    requireRegular(stats);
    return { handle, stats };
  } catch (error) {
    closeSync(handle);
    throw error;
  }
}

/** A directory is left for the first read to complain of: the system has a name for that. */
function requireRegular(stats: Pick<BigIntStats, 'isFile' | 'isDirectory'>): void {
  if (!stats.isFile() && !stats.isDirectory()) throw new NotRegular();
}

const PIECE = 64 * 1024;

/**
 * What an open file holds, from where it stands. The size that the system tells is not relied on:
 * that of files in /proc is 0, and a file may grow meanwhile.
 *
 * @param limit In bytes. @throws TooLarge where there is more.
 */
export function readOpen(handle: number, limit: number): Buffer {
  const pieces: Buffer[] = [];
  for (let size = 0; size <= limit;) {
    const piece = Buffer.allocUnsafe(PIECE);
    const length = readSync(handle, piece);
    if (length === 0) return Buffer.concat(pieces);
    size += length;
    pieces.push(piece.subarray(0, length));
  }
  throw new TooLarge(limit);
}

/** A whole file, as text, wherever a link leads. @throws NotRegular, TooLarge, or the system's error. */
export function readRegular(path: string, limit: number): string {
  const { handle } = openRegular(path);
  try {
    return readOpen(handle, limit).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

/** A link in a directory that others may write to would have us read what they may not. */
export class Linked extends Plain {
  constructor() {
    super('it is a link, which others may have put there');
  }
}

/** Others could have written it, or could read it. */
export class NotOurs extends Plain {
  constructor(what: string) {
    super(`${what}: others may have put it there`);
  }
}

/** The same of a file in a directory that others may write to. @throws Linked, too. */
export function readUnlinked(path: string, limit: number): { text: string; stats: BigIntStats } {
  const { handle, stats } = openUnlinked(path);
  try {
    return { text: readOpen(handle, limit).toString('utf8'), stats };
  } finally {
    closeSync(handle);
  }
}

function openUnlinked(path: string): OpenFile {
  try {
    return openRegular(path, constants.O_NOFOLLOW);
  } catch (error) {
    throw errorCode(error) === 'ELOOP' ? new Linked() : error;
  }
}

/** A file that this process wrote for itself alone. @throws NotOurs, too. */
export function readOwn(path: string, limit: number): string {
  const { handle, stats } = openUnlinked(path);
  try {
    if (stats.uid !== BigInt(process.geteuid?.() ?? 0)) throw new NotOurs('it is another user’s');
    if ((stats.mode & 0o077n) !== 0n) throw new NotOurs('it is not for its owner alone');
    return readOpen(handle, limit).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

export type LaterOptions = { limit: number; signal: AbortSignal };

/** The same of a file that is sent to others, without holding up anything else. @throws LedAway, too. */
export async function readRegularLater(path: string, options: LaterOptions): Promise<string> {
  // Not for all: it is a third of a mebibyte.
  const { open } = await import('node:fs/promises');
  const handle = await open(path, READ);
  try {
    requireRegular(await handle.stat());
    const mountPoints = readOwnMounts().map(({ mountPoint }) => mountPoint);
    requireInVolume(path, readlinkSync(`/proc/self/fd/${handle.fd}`), mountPoints);
    return await readText(handle, options);
  } finally {
    await handle.close();
  }
}

async function readText(handle: FileHandle, { limit, signal }: LaterOptions): Promise<string> {
  const pieces: Buffer[] = [];
  for (let size = 0; size <= limit;) {
    signal.throwIfAborted();
    const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(PIECE));
    if (bytesRead === 0) return Buffer.concat(pieces).toString('utf8');
    size += bytesRead;
    pieces.push(buffer.subarray(0, bytesRead));
  }
  throw new TooLarge(limit);
}
