import type { Clock } from '../../system/clock.ts';
import type { MountEntry } from '../../system/proc/mountinfo.ts';

/** What `simulate` is given: how the sidecar watches a directory, and knows a volume of the kubelet's. */
export type Surroundings = {
  /** Goes on at first, and whenever something in the directory may have changed; until the signal. */
  followDirectory: (path: string, clock: Clock, signal: AbortSignal) => AsyncIterable<void>;
  hasKubeletVolume: (entries: readonly MountEntry[]) => boolean;
};
