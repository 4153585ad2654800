import { expect, it } from 'vitest';

import { says, type LogLine } from './support/log-line.ts';
import { readImageSize, readMemory } from './support/footprint.ts';
import { REHUP_IMAGE } from './support/image-names.ts';
import { useNamespace } from './support/namespace.ts';
import { startScenario } from './support/scenario.ts';

const RELOADS = 10;
const MEBIBYTE = 2 ** 20;

const namespace = useNamespace();

it('holds at most 16 MiB of anonymous memory after 10 reloads with default settings', async () => {
  await using scenario = await startScenario(namespace());
  const latencies: number[] = [];
  for (let reload = 1; reload <= RELOADS; reload += 1) {
    latencies.push(latencyOf(await scenario.reloadWith(`update ${reload}`)));
    // The next update must not join a reload that is still being checked: it is ten that count.
    await scenario.pod.waitForLine('rehup', `reload ${reload}`, says('reloaded'), { nth: reload });
  }

  const memory = await readMemory(scenario.pod, 'rehup');
  print('anonymous memory', `${toMebibytes(memory.anonymous)} (${memory.source})`);
  print('working set', toMebibytes(memory.workingSet));
  print('image on the node', toMebibytes(await readImageSize(REHUP_IMAGE)));
  print('swap to signal, ms', latencies.map((ms) => ms.toFixed(0)).join(' '));

  expect(memory.anonymous).toBeLessThanOrEqual(16 * MEBIBYTE);
});

/** From the swap of `..data` to the app's handler; both are read in the app's container, from one clock. */
function latencyOf({ time, swapped }: LogLine): number {
  return (time ?? Number.NaN) - (swapped ?? Number.NaN);
}

function toMebibytes(bytes: number | undefined): string {
  return bytes === undefined ? 'unknown' : `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

function print(what: string, value: string): void {
  console.log(`e2e: ${what}: ${value}`);
}
