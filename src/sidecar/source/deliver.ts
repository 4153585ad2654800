import { KubeProblem } from '../../kubernetes/problem.ts';
import { openVolume, type Volume } from '../../system/volume/volume.ts';
import { type Blobs, notKept } from './blobs.ts';
import type { Collected } from './catalog.ts';
import { type Plan, planFiles, type PlanSettings } from './plan.ts';

/** Shows what was collected as one generation of a volume. */
export type Delivery = {
  /** Whether an earlier run has left something that is shown. */
  isShown: () => boolean;
  /** Throws a KubeProblem where two objects are in conflict, or the disk does not take it: what is shown stays. */
  deliver: (collections: readonly Collected[]) => Promise<Plan>;
};

export type DeliveryInput = {
  /** Where the files are written. */
  root: string;
  blobs: Blobs;
} & PlanSettings;

export function openDelivery({ root, blobs, ...settings }: DeliveryInput): Delivery {
  let volume: Volume;
  try {
    // Nobody looks at it but rehup.
    volume = openVolume(root, { links: false });
  } catch (error) {
    throw notKept(root, error);
  }
  return {
    isShown: () => volume.current() !== undefined,
    deliver: async (collections) => {
      const plan = planFiles(collections, settings);
      const [conflict] = plan.conflicts;
      if (conflict !== undefined) throw inConflict(conflict);
      const files = plan.files.map(({ path, blob }) => ({ path, existing: blobs.path(blob) }));
      try {
        await blobs.keeping(async () => volume.flip(await volume.stage(files)));
      } catch (error) {
        throw notKept(root, error);
      }
      return plan;
    },
  };
}

function inConflict(conflict: string): KubeProblem {
  return new KubeProblem({
    kind: 'invalid',
    message: `${conflict}, and only one can be published: what is published stays`,
    remedy:
      'give one of them another name, or set REHUP_MERGE=later, which takes what the later source has',
  });
}
