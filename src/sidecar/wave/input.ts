import type { WaveSize } from '../../config/parse.ts';
import type { Notice } from '../../kubernetes/notice.ts';
import type { OpenOwnPod } from '../../kubernetes/own-pod.ts';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import type { Mount } from '../mount/mount.ts';
import type { Failure } from '../outcome.ts';
import type { Told } from '../rule/gate.ts';

/** What the wave of a rule is made of. */
export type WaveInput = {
  rule: string;
  mounts: readonly Mount[];
  podName: string;
  openOwnPod: OpenOwnPod;
  sizes: readonly WaveSize[];
  /** How long content has to go well before others get it, in milliseconds. */
  soakMs: number;
  splayMs: number;
  /** How long an API server that does not answer is waited for, in milliseconds; may be infinite. */
  patienceMs: number;
  /** Whether the app is still well after that time. */
  soak: (request: Told['request'], signal: AbortSignal) => Promise<Failure | undefined>;
  clock: Clock;
  random: () => number;
  events: EventBus;
  notice: Notice;
};
