import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { errorCode, type ExitCode, exitCodes, FatalError } from '../../system/errors.ts';
import type { MountEntry } from '../../system/proc/mountinfo.ts';

/** Nothing was changed, or all was put back. */
export function refuse(reason: string, cause?: unknown): never {
  const code: ExitCode = exitCodes.configuration;
  throw new FatalError(reason, code, { cause });
}

/**
 * Throws where a real kubelet is at work: in a container, where such a volume is mounted, or on the
 * node, where it can be written.
 */
export function refuseKubeletVolume(
  root: string,
  entries: readonly MountEntry[],
  hasKubeletVolume: (entries: readonly MountEntry[]) => boolean,
): void {
  const above = entries.filter(({ mountPoint }) => isWithin(root, mountPoint));
  const entry = above.toSorted((a, b) => a.mountPoint.length - b.mountPoint.length).at(-1);
  const onNode = { device: '', root, mountPoint: root, fsType: '' };
  // Without the file system's type, a volume is known by the kubelet's path only.
  const suspects = entry === undefined ? [onNode] : [onNode, { ...entry, fsType: '' }];
  if (!hasKubeletVolume(suspects)) return;
  refuse(
    `${root} is a volume of a real kubelet; simulate needs a directory of its own, such as: rehup simulate /tmp/config --from ${root}`,
  );
}

/** Throws where nothing can be made: a mounted volume is read-only, even for root. */
export function refuseReadOnly(root: string): void {
  let directory = root;
  while (!existsSync(directory)) directory = dirname(directory);
  if (!statSync(directory).isDirectory()) refuse(`${directory} is not a directory`);
  try {
    accessSync(directory, constants.W_OK | constants.X_OK);
  } catch (error) {
    refuse(`${directory} cannot be written: ${errorCode(error)}`, error);
  }
}

/** Whether a path is this directory, or below it. */
export function isWithin(path: string, directory: string): boolean {
  return (
    path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep)
  );
}
