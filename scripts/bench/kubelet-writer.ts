import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readDataLink } from '../../src/tools/simulate/kubelet/actions.ts';
import type { Payload } from '../../src/tools/simulate/kubelet/payload.ts';
import { createRandom } from '../../src/tools/simulate/kubelet/random.ts';
import { syncVolume, type VolumeSettings } from '../../src/tools/simulate/kubelet/sync.ts';
import type { Update } from './match.ts';

/**
 * Writes a volume of two keys in the kubelet's own steps, and notes the time of the rename: that of
 * `process.hrtime`, which is the same clock in every process of the machine.
 */
export type KubeletWriter = {
  /** Brings the volume to the content of this generation. */
  swap: (generation: number) => Update;
};

/** The key that changes: the number of the generation, and filler up to the size of a small configuration. */
export const GENERATION_KEY = 'app.conf';

const FILLER = 'x'.repeat(1000);

/** Two keys of one kilobyte each, of which one changes. */
export function payloadOf(generation: number): Record<string, string> {
  return { [GENERATION_KEY]: `${generation}\n${FILLER}\n`, 'other.conf': `${FILLER}\n` };
}

/** Ten keys of one kilobyte each, of which one changes. */
export function tenKeysOf(generation: number): Record<string, string> {
  const others = Array.from({ length: 8 }, (_, index) => [`key-${index}.conf`, `${FILLER}\n`]);
  return { ...payloadOf(generation), ...(Object.fromEntries(others) as Record<string, string>) };
}

/** The generation that a volume holds now. */
export function readGeneration(root: string): number {
  return Number.parseInt(readFileSync(join(root, GENERATION_KEY), 'utf8'), 10);
}

/** @param root Of the volume, on the node; it is there already. */
export function createKubeletWriter(root: string, contentOf = payloadOf): KubeletWriter {
  const { write } = createVolumeWriter(root);
  let left = readDataLink(root);
  return {
    swap: (generation) => {
      const disturbed = readDataLink(root) !== left;
      const beganAt = process.hrtime.bigint();
      const renamedAt = write(contentOf(generation));
      left = readDataLink(root);
      return { generation, beganAt, renamedAt, disturbed };
    },
  };
}

/** Writes any content; returns when `..data` was renamed. */
export function createVolumeWriter(root: string): { write: (payload: Payload) => bigint } {
  const seed = Number(process.hrtime.bigint() % 2n ** 32n);
  const settings: VolumeSettings = {
    generation: 'G3',
    defaultMode: 0o644,
    modes: {},
    now: () => new Date(),
    order: createRandom(seed),
    suffixes: createRandom(~seed),
  };
  const write = (payload: Payload): bigint => {
    let renamedAt: bigint | undefined;
    for (const step of syncVolume(root, payload, settings)) {
      if (step === 'link-data-tmp') renamedAt = process.hrtime.bigint();
    }
    if (renamedAt === undefined) throw new Error(`${root} had this content already`);
    return renamedAt;
  };
  return { write };
}
