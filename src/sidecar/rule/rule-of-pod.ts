import type { Settings } from '../../config/options.ts';
import type { OpenOwnPod } from '../../kubernetes/own-pod.ts';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import type { Mount } from '../mount/mount.ts';

/** A rule in a pod that asks the API: what it shares with the other pods of the workload is made of this. */
export type RuleOfPod = {
  name: string;
  settings: Settings;
  mounts: readonly Mount[];
  podName: string;
  openOwnPod: OpenOwnPod;
  clock: Clock;
  events: EventBus;
};
