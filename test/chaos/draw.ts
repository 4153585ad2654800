import type { Random } from '../../src/tools/simulate/kubelet/random.ts';
import type { StepName } from '../support/kubelet-volume.ts';

export interface Draw {
  readonly below: (limit: number) => number;
  readonly pick: <Item>(items: readonly Item[]) => Item;
}

export function createDraw({ uint32 }: Random): Draw {
  const below = (limit: number): number => uint32() % limit;
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}

export const PAUSES_MS = [0, 0, 10, 50, 150, 400];

export const KUBELET_STEPS: readonly StepName[] = [
  'make-ts-dir',
  'write-files',
  'link-data-tmp',
  'rename-data-tmp',
  'create-links',
  'remove-links',
  'remove-old-ts-dir',
];

/** How often it comes, in relation to the others. */
interface Weighted {
  readonly weight: number;
}

export function pickByWeight<Item extends Weighted>(items: readonly Item[], at: number): Item {
  let left = at;
  for (const item of items) {
    if (left < item.weight) return item;
    left -= item.weight;
  }
  throw new Error(`${at} lies beyond all weights`);
}

/** One line per step, to be read beside a failure. */
export function describeSteps({
  seed,
  shape,
  steps,
}: {
  seed: number;
  shape: { name: string };
  steps: readonly object[];
}): string {
  const lines = steps.map((step, index) => {
    const { do: what = '', ...rest } = step as { do?: string };
    const fields = Object.entries(rest).map(([name, value]) => `${name}=${String(value)}`);
    return `  ${index + 1}. ${what} ${fields.join(' ')}`;
  });
  return [`seed ${seed} in the shape ${shape.name}:`, ...lines].join('\n');
}
