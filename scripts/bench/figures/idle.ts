import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { pace, startBenchPod } from '../pod.ts';

const MINUTE_MS = 60_000;
const QUICK_MS = 15_000;
/** The start, and the work that follows it, are over. */
const REST_MS = 20_000;

/** Nothing happens, nobody scrapes: what is left are the polls. */
export const idle: Figure = {
  name: 'idle',
  needs: 'cluster',
  results: ['idle-cpu'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    await using pod = await startBenchPod({ namespace: namespace.name, image });
    const container = await pod.container('rehup');
    await pace(process.hrtime.bigint(), REST_MS);
    const lengthMs = quick ? QUICK_MS : MINUTE_MS;
    const began = process.hrtime.bigint();
    const before = container.readCpuMs();
    await pace(began, lengthMs);
    const spent = container.readCpuMs() - before;
    yield {
      name: 'idle-cpu',
      value: (spent * MINUTE_MS) / lengthMs,
      note: `in ${lengthMs / 1000} s, neither probed nor scraped`,
    };
  },
};
