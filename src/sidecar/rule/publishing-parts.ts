import type { Counts } from '../../config/globs.ts';
import type { Settings } from '../../config/options.ts';
import type { Clock } from '../../system/clock.ts';
import type { PublishedNow, StartedFromKept } from '../events.ts';
import type { Mount } from '../mount/mount.ts';
import type { Lookup } from '../publish/expand.ts';
import type { FormOf } from '../publish/forms.ts';
import type { StageInput } from '../publish/stage.ts';
import type { Snapshots } from '../snapshot/snapshot.ts';
import type { ValidationParts } from '../validate/create.ts';
import type { Keeper } from './keeper.ts';

export type PublishingParts = ValidationParts & {
  clock: Clock;
  settings: Settings & { publish: string };
  /** The sources, in the order in which they are merged. */
  mounts: readonly Mount[];
  counts: Counts;
  /** Where only one of them is published: which. */
  pick?: ((snapshots: Snapshots) => Picked) | undefined;
  /** What keys may refer to. */
  env: Lookup['env'];
  /** Told of what is shown after each change of it. */
  formOf: FormOf;
  onShown: (published: Omit<PublishedNow, 'rule'>) => void;
  /** Where what was proved is kept beyond the pod. */
  keeper?: Keeper | undefined;
  onStarted: (started: Omit<StartedFromKept, 'rule'>) => void;
};

export type Picked = Pick<StageInput, 'mounts' | 'snapshots' | 'without'> & { isNext: boolean };
