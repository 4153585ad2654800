import { useNamespace } from '../cluster.ts';
import type { Figure, Result } from '../figure.ts';
import { matchUpdates, type Matched, type Update } from '../match.ts';
import { pace, startBenchPod, type BenchPod } from '../pod.ts';
import { median, quantile } from '../statistics.ts';

/** The last one only ends the one before. */
const UPDATES = 201;
const UPDATES_QUICK = 20;
/** What rehup does only once, and what the kubelet does to a new pod, is over after these. */
const WARM_UP = 5;
/** Longer than a reload with its proof: the next one finds rehup at rest. */
const APART_MS = 1150;
/** So that no update falls into the same moment of a period of rehup's or of the kernel's. */
const JITTER_MS = 60;

const KILLS = 50;
const KILLS_APART_MS = 20;

/** Two pods in turn: with all defaults, and with `--settle 0s`; so that both meet the same machine. */
export const signal: Figure = {
  name: 'signal',
  needs: 'cluster',
  results: [
    'signal-floor',
    'signal-median',
    'signal-p99',
    'signal-not-one',
    'signal-early',
    'signal-median-settle-0',
    'signal-p99-settle-0',
    'update-cpu',
  ],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    const common = { namespace: namespace.name, image };
    await using plain = await startBenchPod(common);
    await using prompt = await startBenchPod({ ...common, env: { REHUP_SETTLE: '0s' } });
    const count = WARM_UP + (quick ? UPDATES_QUICK : UPDATES);
    const container = await plain.container('rehup');
    const cpuBefore = container.readCpuMs();
    const [first, second] = await updateInTurn([plain, prompt], count);
    const cpuMs = (container.readCpuMs() - cpuBefore) / count;
    yield await measureFloor(plain);
    const defaults = matchUpdates(first.slice(WARM_UP), await plain.arrivals());
    const settleZero = matchUpdates(second.slice(WARM_UP), await prompt.arrivals());
    const { latenciesMs, notOne, early } = defaults;
    const n = latenciesMs.length;
    yield { name: 'signal-median', value: median(latenciesMs), n, samples: latenciesMs };
    yield { name: 'signal-p99', value: quantile(latenciesMs, 0.99), n, note: describe(defaults) };
    const both = defaults.counted + settleZero.counted;
    const note = `${defaults.several + settleZero.several} with several, the rest with none`;
    const wrong = notOne + settleZero.notOne;
    yield { name: 'signal-not-one', value: wrong, n: both, ...(wrong > 0 && { note }) };
    yield { name: 'signal-early', value: early + settleZero.early, n: both };
    yield* settleZeroResults(settleZero);
    yield { name: 'update-cpu', value: cpuMs, n: count };
  },
};

function* settleZeroResults(matched: Matched): Generator<Result> {
  const { latenciesMs } = matched;
  const n = latenciesMs.length;
  yield { name: 'signal-median-settle-0', value: median(latenciesMs), n, samples: latenciesMs };
  const note = describe(matched);
  yield { name: 'signal-p99-settle-0', value: quantile(latenciesMs, 0.99), n, note };
}

function describe({ latenciesMs, leftOut }: Matched): string {
  const longest = `longest ${Math.max(...latenciesMs).toFixed(1)} ms`;
  return leftOut === 0 ? longest : `${longest}; ${leftOut} left out: the kubelet wrote, too`;
}

/** What the kernel and the app's own runtime take of it: kill(2) by the bench, to the same handler. */
async function measureFloor(pod: BenchPod): Promise<Result> {
  const { pid } = await pod.container('app');
  const sent: bigint[] = [];
  for (let count = 0; count < KILLS; count += 1) {
    const sentAt = process.hrtime.bigint();
    process.kill(pid, 'SIGHUP');
    sent.push(sentAt);
    await pace(sentAt, KILLS_APART_MS);
  }
  await pace(process.hrtime.bigint(), APART_MS);
  // On a busy machine two of them may become one.
  const arrivals = await pod.arrivals();
  const latenciesMs = sent.flatMap((at, index) => {
    const until = sent[index + 1] ?? at + BigInt(APART_MS * 1e6);
    const arrival = arrivals.find((each) => each.at >= at && each.at < until);
    return arrival ? Number(arrival.at - at) / 1e6 : [];
  });
  return { name: 'signal-floor', value: median(latenciesMs), n: latenciesMs.length };
}

async function updateInTurn(
  pods: readonly [BenchPod, BenchPod],
  count: number,
): Promise<[Update[], Update[]]> {
  const updates: [Update[], Update[]] = [[], []];
  for (let generation = 1; generation <= count; generation += 1) {
    for (const [index, pod] of pods.entries()) {
      const update = pod.writer.swap(generation);
      updates[index as 0 | 1].push(update);
      await pace(update.renamedAt, APART_MS / 2 + Math.random() * JITTER_MS);
      // The kubelet has written, too: its reload and this one have to end before the next can be timed.
      if (update.disturbed) await pace(update.renamedAt, 3 * APART_MS);
    }
  }
  await pace(process.hrtime.bigint(), APART_MS);
  return updates;
}
