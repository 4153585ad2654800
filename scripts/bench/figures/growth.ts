import { countProcess } from '../node.ts';
import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { pace, startBenchPod, type BenchPod } from '../pod.ts';

const SWAPS = 10_000;
const SWAPS_QUICK = 500;
const APART_MS = 6;
/** So many that what is loaded, compiled and cached once has been. */
const WARM_UP = 10;
const WARM_UP_APART_MS = 1200;
/** rehup collects its garbage once it has been left in peace for some seconds, if there is enough of it. */
const REST_MS = 4000;
/** At rest, after one more update each: the smallest has the least garbage in it, and all that has leaked. */
const READINGS = 4;

/** What is held after many updates that was not held after a few. */
export const growth: Figure = {
  name: 'growth',
  needs: 'cluster',
  results: ['growth-memory', 'growth-descriptors', 'growth-watches'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    await using pod = await startBenchPod({ namespace: namespace.name, image });
    const swaps = quick ? SWAPS_QUICK : SWAPS;
    await swapOften(pod, { from: 1, count: WARM_UP, apartMs: WARM_UP_APART_MS });
    const before = await readAtRest(pod, WARM_UP + 1);
    const from = WARM_UP + READINGS + 1;
    await swapOften(pod, { from, count: swaps, apartMs: APART_MS });
    const after = await readAtRest(pod, from + swaps);
    const megabytes = (after.anonymous - before.anonymous) / 2 ** 20;
    const note = `${(after.anonymous / 2 ** 20).toFixed(1)} MiB after them, ${await pod.countPhrase('reloaded')} reloads`;
    yield { name: 'growth-memory', value: megabytes, n: swaps, note };
    const { descriptors, watches } = after;
    yield {
      name: 'growth-descriptors',
      value: descriptors - before.descriptors,
      n: swaps,
      note: `${descriptors} after them`,
    };
    yield {
      name: 'growth-watches',
      value: watches - before.watches,
      n: swaps,
      note: `${watches} after them`,
    };
  },
};

type Series = { from: number; count: number; apartMs: number };

async function swapOften(pod: BenchPod, { from, count, apartMs }: Series): Promise<void> {
  for (let generation = from; generation < from + count; generation += 1) {
    const { renamedAt } = pod.writer.swap(generation);
    await pace(renamedAt, apartMs);
  }
}

type AtRest = { anonymous: number; descriptors: number; watches: number };

async function readAtRest(pod: BenchPod, from: number): Promise<AtRest> {
  const container = await pod.container('rehup');
  const readings: number[] = [];
  for (let reading = 0; reading < READINGS; reading += 1) {
    await swapOften(pod, { from: from + reading, count: 1, apartMs: REST_MS });
    readings.push(container.readAnonymous());
  }
  return { anonymous: Math.min(...readings), ...countProcess(container.pid) };
}
