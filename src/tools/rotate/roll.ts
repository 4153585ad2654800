import { fatal } from '../../kubernetes/fatal.ts';
import type { LocatedWorkload } from '../../kubernetes/owner.ts';
import { describeObject } from './family.ts';
import { describeMoves, moveReferences } from './move.ts';
import { explainPods } from './pods.ts';
import { putBack } from './put-back.ts';
import { findReferences, type Move, TEMPLATE_SPEC } from './references.ts';
import { overtaken } from './refuse.ts';
import { describeWorkload, type Scene } from './scene.ts';
import { type Patience, waitForRollout } from './wait.ts';

export type RollInput = {
  /** As it is now. */
  found: LocatedWorkload;
  /** The names of which every reference is moved. */
  from: ReadonlySet<string>;
  to: string;
  /** Whether rehup made the object that is moved to. */
  isRevision: boolean;
  /** For the rollout, and for that of the way back; `undefined`: do not wait. */
  patience: Patience | undefined;
};

/**
 * Moves all references, and waits until the pods are replaced. Where they do not become ready, the
 * references go back to what they were, and a FatalError says so.
 */
export async function rollTo(scene: Scene, input: RollInput, signal: AbortSignal): Promise<void> {
  const { found, from, to, patience, isRevision } = input;
  const what = describeWorkload(scene.reference);
  const plan = (workload: unknown): Move[] =>
    findReferences(workload, scene.family.kind, TEMPLATE_SPEC)
      .filter(({ name }) => from.has(name) && name !== to)
      .map(({ path, name }) => ({ path, from: name, to }));
  // Whether they are moved must be known in the end: it is a matter of a few requests.
  signal.throwIfAborted();
  const noStop = new AbortController().signal;
  const moved = await moveReferences(scene, found, plan, noStop);
  if (moved.moves.length > 0) scene.say(describeMoves(scene, moved, to));
  if (scene.dryRun || patience === undefined) return;

  scene.stage(`${what} refers to ${to}, and its rollout goes on; --rollback is the way back`);
  const onLook = async ({ workload }: LocatedWorkload): Promise<boolean> =>
    findReferences(workload, scene.family.kind, TEMPLATE_SPEC).some(({ name }) => name === to);
  const result = await waitForRollout(scene, { ...patience, before: found, onLook }, signal);
  if (result.state === 'obsolete') throw overtaken(scene, to);
  if (!('reason' in result)) {
    scene.stage(undefined);
    scene.say(`${what}: ready with ${describeObject(scene.family, to)}`);
    return;
  }

  // Nor is there a stop before they are moved back.
  const pods = await explainPods(scene, moved.found, to, noStop);
  for (const line of [result.reason, ...pods]) scene.warn(line);
  if (moved.moves.length === 0) {
    scene.stage(undefined);
    throw fatal({
      message: `${what} is not ready; it referred to ${to} before, so that there is nothing to take back`,
      remedy: 'rotate to content that works, or go back with --rollback',
    });
  }
  await putBack(scene, { moved, to, isRevision, patience }, signal);
}
