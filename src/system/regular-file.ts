import { closeSync, constants, fstatSync, openSync, readSync, type BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** A pipe in the place of a file would block whoever reads it, and a device would never end. */
export class NotRegular extends Error {
  constructor() {
    super('it is no regular file');
  }
}

/** What a file holds is more than its reader takes. */
export class TooLarge extends Error {
  constructor(limit: number) {
    super(`it is larger than ${Math.floor(limit / 1024)} KiB`);
  }
}

export type OpenFile = { handle: number; stats: BigIntStats };

/** To open a pipe or a terminal must neither wait nor have an effect. */
const READ = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;

/** Opens a file for reading. @throws NotRegular, or the system's error. The caller closes it. */
export function openRegular(path: string | Buffer): OpenFile {
  const handle = openSync(path, READ);
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

/** A whole file, as text. @throws NotRegular, TooLarge, or the system's error. */
export function readRegular(path: string, limit: number): string {
  const { handle } = openRegular(path);
  try {
    return readOpen(handle, limit).toString('utf8');
  } finally {
    closeSync(handle);
  }
}

export type LaterOptions = { limit: number; signal: AbortSignal };

/** The same, without holding up anything else. */
export async function readRegularLater(path: string, options: LaterOptions): Promise<string> {
  // Not for all: it is a third of a mebibyte.
  const { open } = await import('node:fs/promises');
  const handle = await open(path, READ);
  try {
    requireRegular(await handle.stat());
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
