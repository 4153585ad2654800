import type { Settings } from '../../config/options.ts';
import { createNotice } from '../../kubernetes/notice.ts';
import type { OpenOwnPod } from '../../kubernetes/own-pod.ts';
import type { Clock } from '../../system/clock.ts';
import type { EventBus } from '../events.ts';
import type { Mount } from '../mount/mount.ts';
import type { Gate } from '../rule/gate.ts';
import { createProcessTable } from '../target/processes.ts';
import { createProof } from '../verify/create.ts';
import { createWave } from './wave.ts';

export type GateInput = {
  name: string;
  settings: Settings;
  mounts: readonly Mount[];
  podName: string;
  openOwnPod: OpenOwnPod;
  clock: Clock;
  events: EventBus;
};

/** The wave of a rule, from its settings. */
export function createWaveFrom(input: GateInput): Gate & AsyncDisposable {
  const { name: rule, settings, clock, events } = input;
  const { wave: sizes = [], soak: soakMs, splay: splayMs, wavePatience: patienceMs } = settings;
  // What proves a reload proves the time after it: the app lives on, and shows the content at the end.
  const prove = createProof(
    { ...settings, survive: soakMs },
    { table: createProcessTable(), clock },
  );
  return createWave({
    ...input,
    rule,
    sizes,
    soakMs,
    splayMs,
    patienceMs,
    soak: async (request, signal) => await prove({ ...request, sent: undefined }, signal),
    random: Math.random,
    notice: createNotice('wave', events),
  });
}
