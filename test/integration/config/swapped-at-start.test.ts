import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const SWAPPER = fileURLToPath(
  new URL('../../support/programs/swap-after-read.ts', import.meta.url),
);

// Whichever of its readings the swap follows: the last one before the watch is the one that matters.
it.for([1, 2, 3])(
  'a configuration that is swapped right after reading number %i is the one that comes to be in force',
  async (reading) => {
    await using content = await createKubeletVolume();
    await content.write({ key: '1' });
    await using dir = await createTempDir();
    const rules = (name: string): string =>
      `rules: [{name: ${name}, watch: ${content.root}, target: 'name:nosuch'}]`;
    const file = join(dir.path, 'swapped-rules.yaml');
    writeFileSync(file, rules('before'));
    writeFileSync(join(dir.path, 'next'), rules('after'));
    await using rehup = await startRehup({
      env: {
        REHUP_CONFIG: file,
        NODE_OPTIONS: `--import ${SWAPPER}`,
        SWAP_FILE: 'swapped-rules.yaml',
        SWAP_AFTER: String(reading),
        SWAP_COMMAND: `mv ${join(dir.path, 'next')} ${file}`,
      },
    });
    expect(await rehup.line({ msg: 'watching', rule: 'after' })).toBeDefined();
  },
);
