import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { findLost, type Update } from '../match.ts';
import { pace as waitSince, startBenchPod, type BenchPod } from '../pod.ts';

const SECOND_MS = 1000;
const SLOW = { count: 30, apartMs: SECOND_MS };
const FAST = { count: 200, apartMs: 50 };
/** `--settle-max` with a reload and its proof: by then whatever is seen has been seen. */
const WITHIN_MS = 7000;

/** Updates that come faster than a reload with its proof can be done. */
export const pace: Figure = {
  name: 'pace',
  needs: 'cluster',
  results: ['pace-1s-missed', 'pace-50ms-final'],
  async *measure({ image }) {
    await using namespace = await useNamespace();
    await using pod = await startBenchPod({ namespace: namespace.name, image });
    await waitSince(process.hrtime.bigint(), 5 * SECOND_MS);
    const slow = await update(pod, { from: 1, ...SLOW });
    const fast = await update(pod, { from: SLOW.count + 1, ...FAST });
    const arrivals = await pod.arrivals();
    const read = new Set(arrivals.map(({ generation }) => generation));
    yield {
      name: 'pace-1s-missed',
      value: slow.filter(({ generation }) => !read.has(generation)).length,
      n: slow.length,
      note: `${findLost(slow, arrivals, SECOND_MS).length} told of later than 1 s after`,
    };
    const last = fast.at(-1);
    const told = arrivals.find(({ generation }) => generation === last?.generation);
    if (!last || !told) throw new Error('the last of the fast updates was never told of');
    const during = arrivals.filter(({ at }) => at > (fast[0]?.beganAt ?? 0n)).length;
    yield {
      name: 'pace-50ms-final',
      value: Number(told.at - last.renamedAt) / 1e6,
      n: fast.length,
      note: `${during} signals`,
    };
  },
};

type Series = { from: number; count: number; apartMs: number };

async function update(pod: BenchPod, { from, count, apartMs }: Series): Promise<Update[]> {
  const updates: Update[] = [];
  for (let generation = from; generation < from + count; generation += 1) {
    const done = pod.writer.swap(generation);
    updates.push(done);
    await waitSince(done.renamedAt, apartMs);
  }
  await waitSince(process.hrtime.bigint(), WITHIN_MS);
  return updates;
}
