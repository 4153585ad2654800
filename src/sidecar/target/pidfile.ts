import { statSync } from 'node:fs';
import { errorCode, toError } from '../../system/errors.ts';
import { toCount } from '../../system/proc/count.ts';
import { readRegular } from '../../system/regular-file.ts';

export type PidfileReading = { pid: number; writtenAtMs: number } | { reason: string };

/** Postgres writes some hundred bytes. */
const MAX_BYTES = 64 * 1024;

/** Reads the first line of a pid file, as postgres and others put more below. */
export function readPidfile(path: string): PidfileReading {
  try {
    const [line = ''] = readRegular(path, MAX_BYTES).split('\n');
    const pid = toCount(line.trim());
    if (!pid) return { reason: `${path} holds no pid` };
    return { pid, writtenAtMs: statSync(path).mtimeMs };
  } catch (error) {
    return { reason: `${path} cannot be read: ${errorCode(error) ?? toError(error).message}` };
  }
}
