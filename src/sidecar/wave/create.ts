import { createNotice } from '../../kubernetes/notice.ts';
import type { Gate } from '../rule/gate.ts';
import type { RuleOfPod } from '../rule/rule-of-pod.ts';
import { createProcessTable } from '../target/processes.ts';
import { createProof } from '../verify/create.ts';
import { createWave } from './wave.ts';

/** The wave of a rule, from its settings. */
export function createWaveFrom(input: RuleOfPod): Gate & AsyncDisposable {
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
