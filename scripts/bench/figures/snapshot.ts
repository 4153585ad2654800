import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

import { createTempDir } from '../../../test/support/temp-dir.ts';
import type { Figure } from '../figure.ts';
import { runInside } from '../inside.ts';
import { createVolumeWriter } from '../kubelet-writer.ts';
import { median } from '../statistics.ts';

const KEYS = 1000;
/** As large as a ConfigMap may be. */
const BYTES = 1_048_576;
const TIMES = 50;

export const snapshot: Figure = {
  name: 'snapshot',
  needs: 'nothing',
  results: ['snapshot'],
  async *measure() {
    await using folder = await createTempDir('rehup-bench-');
    const volume = join(folder.path, 'volume');
    mkdirSync(volume);
    const content = 'x'.repeat(Math.floor(BYTES / KEYS));
    const keys = Array.from({ length: KEYS }, (_, index) => [`key-${index}`, content]);
    createVolumeWriter(volume).write(Object.fromEntries(keys));
    const {
      times,
      cpuMs,
      keys: found,
    } = await runInside<Read>('snapshot.ts', [volume, String(TIMES)]);
    if (found !== KEYS) throw new Error(`${found} keys were read`);
    const note = `first ${(times[0] ?? Number.NaN).toFixed(1)} ms; ${cpuMs.toFixed(1)} ms of CPU each; outside of a pod`;
    yield { name: 'snapshot', value: median(times), n: times.length, note, samples: times };
  },
};

type Read = { times: number[]; cpuMs: number; keys: number };
