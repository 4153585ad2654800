import { readFileSync } from 'node:fs';
import { type MountEntry, parseMountinfo } from './mountinfo.ts';

/** The mount table of this container. */
export function readOwnMounts(): MountEntry[] {
  return parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
}
