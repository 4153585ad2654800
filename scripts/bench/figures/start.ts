import { startLineProcess } from '../../../test/support/line-process.ts';
import { useNamespace } from '../cluster.ts';
import type { Figure } from '../figure.ts';
import { readEntrypoint, readImageEnv } from '../inside.ts';
import { BENCH_UID, NODE, startBenchPod } from '../pod.ts';
import { median, quantile } from '../statistics.ts';

const STARTS = 30;
const STARTS_QUICK = 5;

/** In a container whose own program only waits: rehup is started in its namespaces, again and again. */
export const start: Figure = {
  name: 'start',
  needs: 'cluster',
  results: ['start'],
  async *measure({ image, quick }) {
    await using namespace = await useNamespace();
    const rehupCommand = [NODE, '--eval', 'setInterval(() => {}, 2 ** 30)'];
    await using pod = await startBenchPod({ namespace: namespace.name, image, rehupCommand });
    const { pid } = await pod.container('rehup');
    const { node, flags, bundle } = readEntrypoint();
    const enter = ['nsenter', `--target=${pid}`, '--mount', '--net', '--ipc', '--uts', '--pid'];
    const asUser = [`--setuid=${BENCH_UID}`, `--setgid=${BENCH_UID}`];
    const times: number[] = [];
    for (let count = quick ? STARTS_QUICK : STARTS; count > 0; count -= 1) {
      times.push(
        await timeStart([...enter, ...asUser, '--', node, ...flags, bundle], readImageEnv()),
      );
    }
    const note = `p95 ${quantile(times, 0.95).toFixed(0)} ms; with nsenter and fork`;
    yield { name: 'start', value: median(times), n: times.length, note, samples: times };
  },
};

/** From the start of the command to the line of the log, in milliseconds. */
async function timeStart(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const began = process.hrtime.bigint();
  const { promise: watching, resolve } = Promise.withResolvers<bigint>();
  await using started = await startLineProcess(command, {
    env,
    forks: true,
    onLine: (line) => {
      if (line.includes('"msg":"watching"')) resolve(process.hrtime.bigint());
    },
  });
  await started.line(/"msg":"watching"/);
  return Number((await watching) - began) / 1e6;
}
