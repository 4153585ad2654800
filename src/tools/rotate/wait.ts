import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { awaitRollout, type RolloutResult } from '../../kubernetes/rollout/await.ts';
import { readProgress } from '../../kubernetes/rollout/progress.ts';
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
  const deadlineMs = clock.elapsed() + timeoutMs;
  for (;;) {
    const leftMs = Math.max(0, deadlineMs - clock.elapsed());
    const result = await awaitRollout({ ...common, timeoutMs: leftMs }, signal);
    const stays = result.state !== 'ready' || (await staysReady(scene, read, surviveMs, signal));
    // What is ready by then is somebody else's rollout.
    if (obsolete) return { state: 'obsolete' };
    if (stays) return result;
    scene.say(`${what}: it was ready, and is not any more`);
    if (clock.elapsed() >= deadlineMs) {
      return {
        state: 'timed-out',
        reason: `${what} was ready, and did not stay so for ${surviveMs} ms`,
        remedy: 'look at the log of its pods: kubectl logs --previous',
      };
    }
  }
}

/** An API server that is away for a moment counts as not ready: the wait goes on. */
async function staysReady(
  { clock }: Scene,
  read: () => Promise<LocatedWorkload>,
  surviveMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const endMs = clock.elapsed() + surviveMs;
  try {
    while (clock.elapsed() < endMs) {
      await clock.sleep(Math.min(LOOK_EVERY_MS, endMs - clock.elapsed()), signal);
      if (readProgress(await read()).state !== 'ready') return false;
    }
    return true;
  } catch (error) {
    if (error instanceof KubeProblem) return false;
    throw error;
  }
}
