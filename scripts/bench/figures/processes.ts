import { startDouble } from '../double.ts';
import type { Figure } from '../figure.ts';
import { median } from '../statistics.ts';

const PROCESSES = 5000;
const TIMES = 20;
const TIMES_QUICK = 5;

/** Real processes that do nothing, in the namespaces of the double; they end with its PID 1. None holds on to the output. */
const CROWD = `
count=0
while [ $count -lt "$1" ]; do sleep 100000 >/dev/null 2>&1 </dev/null & count=$((count + 1)); done
echo crowded
wait
`;

export const processes: Figure = {
  name: 'processes',
  needs: 'nothing',
  results: ['processes'],
  async *measure({ quick }) {
    await using stack = new AsyncDisposableStack();
    const { scene, run } = await startDouble(stack);
    const crowd = await scene.start('app', ['/bin/sh', '-c', CROWD, 'crowd', String(PROCESSES)]);
    await crowd.line('crowded', { deadlineMs: 120_000 });
    const measured = await run<Resolved>('resolve.ts', String(quick ? TIMES_QUICK : TIMES));
    const { times, cpuMs, found, processes: count } = measured;
    if (found !== times.length)
      throw new Error(`the target was found ${found} times of ${times.length}`);
    if (count < PROCESSES) throw new Error(`there were ${count} processes`);
    const note = `${count} processes; first ${(times[0] ?? Number.NaN).toFixed(1)} ms; ${cpuMs.toFixed(1)} ms of CPU each; outside of a pod`;
    yield { name: 'processes', value: median(times), n: times.length, note, samples: times };
  },
};

type Resolved = { times: number[]; cpuMs: number; found: number; processes: number };
