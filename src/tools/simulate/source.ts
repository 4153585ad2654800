import { realpathSync, statSync } from 'node:fs';
import { errorCode } from '../../system/errors.ts';
import { type KeyFiles, readKeys } from './keys.ts';
import { isWithin, refuse } from './refuse.ts';

export type SourceReading = {
  /** Absent where the source cannot be read. */
  files?: KeyFiles;
  /** What the user should know of it; empty if nothing. */
  note: string;
};

/** The directory of `--from`, without links in its path. */
export function findSource(path: string, root: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) refuse(`--from=${path}: there is no such directory`);
  const source = realpathSync(path);
  if (isWithin(root, source) || isWithin(source, root)) {
    refuse(`--from=${path}: one of ${source} and ${root} is within the other; keep them apart`);
  }
  return source;
}

/** What the source holds: at first, and whenever something in it may have changed. */
export async function* followSource(
  source: string,
  changes: AsyncIterable<void>,
): AsyncGenerator<SourceReading> {
  for await (const _ of changes) yield readSource(source);
}

/** A file that goes away while it is read makes another hint, and so another reading. */
function readSource(source: string): SourceReading {
  try {
    const { files, leftOut } = readKeys(source);
    return { files, note: leftOut.length === 0 ? '' : `left out: ${leftOut.join('; ')}` };
  } catch (error) {
    return { note: `${source} cannot be read: ${errorCode(error) ?? String(error)}` };
  }
}
