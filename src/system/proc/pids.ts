import { readdirSync } from 'node:fs';

/** The pids that there are, in one text: another one when a process has started or ended. */
export function readPids(root = '/proc'): string {
  return readdirSync(root)
    .filter((name) => /^\d+$/.test(name))
    .join(' ');
}
