import type { MountEntry } from '../../system/proc/mountinfo.ts';

/**
 * The mount that a path lies in: of those above it, the nearest; of several at one place, the last.
 * The root file system of the container is none that anybody shares.
 */
export function findContaining(
  path: string,
  entries: readonly MountEntry[],
): MountEntry | undefined {
  return entries.reduce<MountEntry | undefined>((nearest, entry) => {
    const { mountPoint } = entry;
    const isAbove =
      mountPoint !== '/' && (path === mountPoint || path.startsWith(`${mountPoint}/`));
    return isAbove && mountPoint.length >= (nearest?.mountPoint.length ?? 0) ? entry : nearest;
  }, undefined);
}
