import { useNamespace } from '../cluster.ts';
import type { ResultName } from '../budgets.ts';
import type { Figure, Result } from '../figure.ts';
import { pace, startBenchPod, type BenchPod } from '../pod.ts';
import { readMetrics } from '../scrape.ts';
import { median } from '../statistics.ts';

const RELOADS = 10;
const SECOND_MS = 1000;
/** rehup collects its garbage once it has been left in peace for some seconds. */
const REST_S = 10;
const READINGS = 10;

const APP_PORT = 18_533;

/** Ten updates by the kubelet itself, in five pods at the same time. */
export const memory: Figure = {
  name: 'memory',
  needs: 'cluster',
  results: ['memory', 'memory-listen-off', 'memory-url', 'memory-prompt', 'memory-publish'],
  async *measure({ image }) {
    await using namespace = await useNamespace();
    const common = { namespace: namespace.name, image };
    await using plain = await startBenchPod(common);
    const silence = { REHUP_LISTEN: 'off' };
    await using silent = await startBenchPod({ ...common, env: silence });
    const url = { REHUP_URL: `http://127.0.0.1:${APP_PORT}/` };
    await using http = await startBenchPod({ ...common, env: url, appPort: APP_PORT });
    await using prompt = await startBenchPod({ ...common, prompt: true });
    await using publishing = await startBenchPod({ ...common, env: silence, publish: true });
    const scrape = (pod: BenchPod) => readWhileReloading(pod, () => readMetrics(pod.ip));
    const [scraped, unscraped, byUrl, prompted, published] = await Promise.all([
      scrape(plain),
      readWhileReloading(silent, async () => {}),
      scrape(http),
      scrape(prompt),
      readWhileReloading(publishing, async () => {}, 'published'),
    ]);
    yield toResult('memory', scraped);
    yield toResult('memory-listen-off', unscraped);
    yield toResult('memory-url', byUrl);
    yield toResult('memory-prompt', prompted);
    const [without, having] = [
      toResult('memory-listen-off', unscraped),
      toResult('memory-publish', published),
    ];
    yield {
      ...having,
      value: having.value - without.value,
      note: `${having.value.toFixed(1)} instead of ${without.value.toFixed(1)} MiB; ${having.note}`,
    };
  },
};

/** Anonymous memory in MiB, read once per second after the visit: during the reloads, and for a while after them. */
async function readWhileReloading(
  pod: BenchPod,
  visit: () => Promise<unknown>,
  phrase = 'reloaded',
): Promise<readonly number[]> {
  const container = await pod.container('rehup');
  const readings: number[] = [];
  let left = Number.POSITIVE_INFINITY;
  const reading = (async (): Promise<void> => {
    for (; left > 0; left -= 1) {
      const began = process.hrtime.bigint();
      await visit();
      readings.push(container.readAnonymous() / 2 ** 20);
      await pace(began, SECOND_MS);
    }
  })();
  const reloading = (async (): Promise<void> => {
    for (let reload = 1; reload <= RELOADS; reload += 1) {
      await pod.update(reload);
      await pod.waitForPhrase(phrase, reload);
    }
  })().finally(() => {
    left = REST_S + READINGS;
  });
  await Promise.all([reading, reloading]);
  return readings;
}

function toResult(name: ResultName, readings: readonly number[]): Result & { note: string } {
  const atRest = readings.slice(-READINGS);
  const highest = Math.max(...readings).toFixed(1);
  const note = `${REST_S} to ${REST_S + READINGS} s after the last; highest ever ${highest}`;
  return { name, value: median(atRest), n: atRest.length, note, samples: readings };
}
