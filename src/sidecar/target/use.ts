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
  return entriesOf({ mounts }, volume).map(toVolume);
}

/** The container writes into the volume, or could: what it reads is its own. */
export function mayWrite(process: Mounts, volume: Volume | undefined): boolean {
  return entriesOf(process, volume).some(({ readOnly }) => readOnly === false);
}

function entriesOf({ mounts }: Mounts, volume: Volume | undefined): Process['mounts'] {
  if (volume === undefined) return [];
  const root = volumeRoot(volume);
  return mounts.filter(
    (entry) => entry.device === volume.device && volumeRoot(toVolume(entry)) === root,
  );
}
