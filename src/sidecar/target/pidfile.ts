import { reasonOf } from '../../system/errors.ts';
import { toCount } from '../../system/proc/count.ts';
import { readUnlinked } from '../../system/regular-file.ts';

export type PidfileReading = { pid: number; writtenAtMs: number } | { reason: string };

/** Postgres writes some hundred bytes. */
const MAX_BYTES = 64 * 1024;

/** Reads the first line of a pid file, as postgres and others put more below. */
export function readPidfile(path: string): PidfileReading {
  try {
    // Which the app can write, but others as well: a link would lead to what is not the app's.
    const { text, stats } = readUnlinked(path, MAX_BYTES);
    const [line = ''] = text.split('\n');
    const pid = toCount(line.trim());
    if (!pid) return { reason: `${path} holds no pid` };
    return { pid, writtenAtMs: Number(stats.mtimeMs) };
  } catch (error) {
    return { reason: `${path} cannot be read: ${reasonOf(error)}` };
  }
}
