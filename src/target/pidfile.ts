import { readFileSync, statSync } from 'node:fs';
import { errorCode, toError } from '../errors.ts';

export type PidfileReading = { pid: number; writtenAtMs: number } | { reason: string };

/** Reads the first line of a pid file, as postgres and others put more below. */
export function readPidfile(path: string): PidfileReading {
  try {
    const [line = ''] = readFileSync(path, 'utf8').split('\n');
    const pid = Number(line.trim());
    if (!/^\d+$/.test(line.trim()) || !Number.isSafeInteger(pid) || pid < 1) {
      return { reason: `${path} holds no pid` };
    }
    return { pid, writtenAtMs: statSync(path).mtimeMs };
  } catch (error) {
    return { reason: `${path} cannot be read: ${errorCode(error) ?? toError(error).message}` };
  }
}
