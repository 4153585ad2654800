import { hasFilesystemGroup, hasSupplementalGroup } from './platform.ts';
import type { Pod } from './pod.ts';
import type { Volume } from './volume.ts';

/**
 * The mode by which a user cannot read a volume, if there is one. The files are root's, and of the
 * pod's fsGroup, which may then read them.
 */
export function closedMode(
  pod: Pod,
  { modes }: Volume,
  uid: number | undefined,
): string | undefined {
  if (uid === 0 || hasFilesystemGroup(pod)) return undefined;
  const needed = hasSupplementalGroup(pod, 0) ? 0o044 : 0o004;
  const closed = modes.find((mode) => (mode & needed) === 0);
  return closed === undefined ? undefined : closed.toString(8).padStart(4, '0');
}
