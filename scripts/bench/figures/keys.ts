import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { createVolumeWriter, payloadOf } from '../kubelet-writer.ts';
import { matchUpdates, type Update } from '../match.ts';
import { pace, startBenchPod } from '../pod.ts';
import { median } from '../statistics.ts';

const SIZES = [1000, 10_000] as const;
const UPDATES = 6;
const APART_MS = 6000;

/** A volume of many small keys, of which one changes; more than a ConfigMap can hold, for a projected volume. */
export const keys: Figure = {
  name: 'keys',
  needs: 'cluster',
  results: ['keys-1000', 'keys-10000'],
  async *measure({ image }) {
    await using namespace = await useNamespace();
    for (const size of SIZES) {
      await using pod = await startBenchPod({ namespace: namespace.name, image });
      const { write } = createVolumeWriter(pod.volume);
      const names = Array.from({ length: size - 2 }, (_, index) => [`key-${index}`, 'x']);
      const many = Object.fromEntries(names) as Record<string, string>;
      const updates: Update[] = [];
      for (let generation = 1; generation <= UPDATES; generation += 1) {
        const beganAt = process.hrtime.bigint();
        const renamedAt = write({ ...many, ...payloadOf(generation) });
        updates.push({ generation, beganAt, renamedAt, disturbed: false });
        await pace(renamedAt, APART_MS);
      }
      // The first one brings all keys.
      const { latenciesMs } = matchUpdates(updates.slice(1), await pod.arrivals());
      const note = 'from the rename; with the rest of the write, which removes as many old files';
      yield { name: `keys-${size}`, value: median(latenciesMs), n: latenciesMs.length, note };
    }
  },
};
