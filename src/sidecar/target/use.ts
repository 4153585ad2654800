import { toVolume, type Volume, volumeRoot } from '../mount/mount.ts';
import type { Process } from './process.ts';

type Mounts = Pick<Process, 'mounts'>;

/** How a process mounts the volume: as a directory that follows updates, or by `subPath`. */
export type Use = 'whole' | 'subPath' | 'none';

export function useOf(process: Mounts, volume: Volume | undefined): Use {
  const same = mountsOf(process, volume);
  if (same.some(({ subPath }) => !subPath)) return 'whole';
  return same.length > 0 ? 'subPath' : 'none';
}

/** A process's own mounts of this volume. */
export function mountsOf({ mounts }: Mounts, volume: Volume | undefined): Volume[] {
  return entriesOf({ mounts }, volume).map((entry) => {
    const theirs = toVolume(entry);
    const subPath = theirs.subPath || isStaleKey(theirs, volume);
    return subPath === theirs.subPath ? theirs : { ...theirs, subPath };
  });
}

/** The container writes into the volume, or could: what it reads is its own. */
export function mayWrite(process: Mounts, volume: Volume | undefined): boolean {
  return entriesOf(process, volume).some(({ readOnly }) => readOnly === false);
}

function entriesOf({ mounts }: Mounts, volume: Volume | undefined): Process['mounts'] {
  if (volume === undefined) return [];
  const root = volumeRoot(volume);
  return mounts.filter((entry) => {
    if (entry.device !== volume.device) return false;
    const theirs = volumeRoot(toVolume(entry));
    if (theirs === root) return true;
    // Of an emptyDir, any part may be mounted: what is published may lie in that, or it in what is published.
    const base = volume.published?.base;
    if (base === undefined) return false;
    return (
      isBelow(theirs, root) || (isBelow(root, theirs) && (theirs === base || isBelow(theirs, base)))
    );
  });
}

/** One key of what is published, mounted alone: it is replaced at each update, but for those that stay the same. */
function isStaleKey({ root }: Volume, volume: Volume | undefined): boolean {
  if (volume?.published === undefined || !isBelow(root, volume.root)) return false;
  const name = root.slice(volume.root.length).replace(/^\//, '');
  return !volume.published.staysSame(name.replace(/\/\/deleted$/, ''));
}

function isBelow(path: string, directory: string): boolean {
  return path !== directory && path.startsWith(directory === '/' ? '/' : `${directory}/`);
}
