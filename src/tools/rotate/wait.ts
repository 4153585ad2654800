import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import type { RolloutResult } from '../../kubernetes/rollout/await.ts';
import { awaitLastingRollout } from '../../kubernetes/rollout/await-lasting.ts';
import { readWorkload } from '../../kubernetes/rollout/workload.ts';
import { describeWorkload, type Scene } from './scene.ts';
import { withoutStaleDeadline } from './stale.ts';

/** How long a rollout may take, in milliseconds. */
export type Patience = {
  timeoutMs: number;
  /** How long it has to stay ready. */
  surviveMs: number;
};

export type WaitInput = Patience & {
  /** Before its template was changed. */
  before: LocatedWorkload;
  /** Called with each reading; `false`: there is nothing to wait for any more. */
  onLook: (found: LocatedWorkload) => Promise<boolean>;
};

const LOOK_EVERY_MS = 1000;

/**
 * Waits until the rollout of the workload is ready and has stayed so for a while: a container without a
 * readiness probe is ready for as long as it takes to read its configuration and to fail. Prints each
 * new stage.
 */
export async function waitForRollout(
  scene: Scene,
  { before, timeoutMs, surviveMs, onLook }: WaitInput,
  signal: AbortSignal,
): Promise<RolloutResult> {
  const { client, namespace, reference, clock } = scene;
  const what = describeWorkload(reference);
  let obsolete = false;
  const read = async (): Promise<LocatedWorkload> => {
    const found = await readWorkload(client, reference, namespace, signal);
    obsolete = !(await onLook(found));
    return withoutStaleDeadline(found, before);
  };
  const common = {
    read,
    clock,
    lookEveryMs: LOOK_EVERY_MS,
    onProgress: (stage: string): void => scene.say(`${what}: ${stage}`),
    isObsolete: () => obsolete,
  };
  return await awaitLastingRollout({ ...common, timeoutMs, surviveMs, what }, signal);
}
