import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { createKubeletWriter, tenKeysOf } from '../kubelet-writer.ts';
import { matchUpdates, type Update } from '../match.ts';
import { pace, startBenchPod } from '../pod.ts';
import { median, quantile } from '../statistics.ts';

const UPDATES = 101;
const UPDATES_QUICK = 15;
/** The first one brings the other keys, and what rehup loads for it. */
const WARM_UP = 5;
/** Longer than a reload with its proof. */
const APART_MS = 1250;

/** What the app mounts is written by rehup: staged, shown by a swap of its own, told. Nothing is validated. */
export const publish: Figure = {
  name: 'publish',
  needs: 'cluster',
  results: ['publish-median', 'publish-p99'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    await using pod = await startBenchPod({ namespace: namespace.name, image, publish: true });
    const writer = createKubeletWriter(pod.volume, tenKeysOf);
    const updates: Update[] = [];
    const count = WARM_UP + (quick ? UPDATES_QUICK : UPDATES);
    for (let generation = 1; generation <= count; generation += 1) {
      const update = writer.swap(generation);
      updates.push(update);
      await pace(update.renamedAt, (update.disturbed ? 3 : 1) * APART_MS);
    }
    const matched = matchUpdates(updates.slice(WARM_UP), await pod.arrivals());
    const { latenciesMs, notOne } = matched;
    const n = latenciesMs.length;
    yield { name: 'publish-median', value: median(latenciesMs), n, samples: latenciesMs };
    const note = `longest ${Math.max(...latenciesMs).toFixed(1)} ms; ${notOne} with another number of signals than one`;
    yield { name: 'publish-p99', value: quantile(latenciesMs, 0.99), n, note };
  },
};
