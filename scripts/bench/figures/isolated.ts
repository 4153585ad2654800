import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { matchUpdates, type Update } from '../match.ts';
import { pace, startBenchPod } from '../pod.ts';
import { median } from '../statistics.ts';

const UPDATES = 21;
const UPDATES_QUICK = 4;
/** What an update leaves behind is tidied up by then, and nothing is warm any more. */
const APART_MS = 12_000;
/** The start, and the work that follows it, are over. */
const REST_MS = 20_000;

/** One update, and then nothing for a while, as it is in a pod. */
export const isolated: Figure = {
  name: 'isolated',
  needs: 'cluster',
  results: ['isolated-median', 'isolated-max', 'isolated-cpu'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    await using pod = await startBenchPod({ namespace: namespace.name, image });
    const container = await pod.container('rehup');
    await pace(process.hrtime.bigint(), REST_MS);
    const updates: Update[] = [];
    const cpuMs: number[] = [];
    for (let generation = 1; generation <= (quick ? UPDATES_QUICK : UPDATES); generation += 1) {
      const before = container.readCpuMs();
      const update = pod.writer.swap(generation);
      updates.push(update);
      await pace(update.renamedAt, APART_MS);
      cpuMs.push(container.readCpuMs() - before);
    }
    const { latenciesMs } = matchUpdates(updates, await pod.arrivals());
    const n = latenciesMs.length;
    yield { name: 'isolated-median', value: median(latenciesMs), n, samples: latenciesMs };
    yield { name: 'isolated-max', value: Math.max(...latenciesMs), n };
    const note = `with two polls; never scraped`;
    yield { name: 'isolated-cpu', value: median(cpuMs), n: cpuMs.length, note, samples: cpuMs };
  },
};
