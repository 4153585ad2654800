import { basename } from 'node:path';
import { isTimestamped } from '../mount/layout.ts';
import type { RootEvent } from './port.ts';
import type { Version } from './version.ts';

/**
 * Whether an event may tell of a new version. Of the steps of a kubelet's update, those that prepare
 * it are left out: while rehup looks at one of them, the swap would have to wait.
 *
 * @param seen What is known of the mount.
 */
export function isRelevant({ root, name }: RootEvent, seen: Version): boolean {
  // The root itself, which inotify names by its own name, may be gone.
  if (name === null || name === basename(root.path)) return true;
  if (root.entry !== undefined) return name === root.entry;
  if (seen.kind !== 'kubelet') return true;
  // A timestamped directory comes before the swap, and the one before it goes at the end.
  if (isTimestamped(name)) return !seen.complete;
  return name !== '..data_tmp';
}
