import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { findLost, type Update } from '../match.ts';
import { pace, startBenchPod, type BenchPod } from '../pod.ts';

const UPDATES = 1000;
const UPDATES_QUICK = 50;
const APART_MS = 100;
/** A fiftieth of a core needs its time; whatever has not come by then is lost. */
const WITHIN_MS = 10_000;

/** As little as anybody would give it. */
export const limits: Figure = {
  name: 'limits',
  needs: 'cluster',
  results: ['limits-lost', 'limits-kills'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    const given = { memory: '32Mi', cpu: '20m' };
    await using pod = await startBenchPod({ namespace: namespace.name, image, limits: given });
    const container = await pod.container('rehup');
    const updates = await updateOften(pod, quick ? UPDATES_QUICK : UPDATES);
    await pace(process.hrtime.bigint(), WITHIN_MS);
    const arrivals = await pod.arrivals();
    const kills = container.readOomKills();
    const { restartCount } = await pod.status('rehup');
    const last = updates.at(-1)?.generation;
    const ended = arrivals.find(({ generation }) => generation === last);
    const signals = `${arrivals.length} signals`;
    yield {
      name: 'limits-lost',
      value: findLost(updates, arrivals, WITHIN_MS).length,
      n: updates.length,
      note: ended ? `${APART_MS} ms apart, ${signals}` : `${signals}, none for the last update`,
    };
    const counted = kills === undefined ? 'OOM kills are not counted here' : undefined;
    const note = [`${(container.readAnonymous() / 2 ** 20).toFixed(1)} MiB anonymous`, counted];
    yield {
      name: 'limits-kills',
      value: restartCount + (kills ?? 0),
      note: note.filter(Boolean).join('; '),
    };
  },
};

async function updateOften(pod: BenchPod, count: number): Promise<Update[]> {
  const updates: Update[] = [];
  for (let generation = 1; generation <= count; generation += 1) {
    const update = pod.writer.swap(generation);
    updates.push(update);
    await pace(update.renamedAt, APART_MS);
  }
  return updates;
}
