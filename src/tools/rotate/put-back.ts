import { fatal } from '../../kubernetes/fatal.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { readWorkload } from '../../kubernetes/rollout/workload.ts';
import { markFailed } from './apply.ts';
import { describeObject } from './family.ts';
import { moveReferences, type Moved } from './move.ts';
import { freeStuckPods } from './pods.ts';
import { findReferences, type Move, TEMPLATE_SPEC } from './references.ts';
import { overtaken } from './refuse.ts';
import { describeWorkload, type Scene } from './scene.ts';
import { type Patience, waitForRollout } from './wait.ts';

export type PutBackInput = {
  moved: Moved;
  /** What it was moved to. */
  to: string;
  /** Whether rehup made that. */
  isRevision: boolean;
  patience: Patience;
};

/**
 * Takes back what was moved, each reference to what it was, and waits for the rollout. What somebody
 * else has changed meanwhile stays as it is. Always ends with a FatalError: the rotation has failed.
 */
export async function putBack(
  scene: Scene,
  { moved, to, isRevision, patience }: PutBackInput,
  signal: AbortSignal,
): Promise<never> {
  const { client, namespace, family, reference } = scene;
  const what = describeWorkload(reference);
  const noStop = new AbortController().signal;
  const before = await readWorkload(client, reference, namespace, noStop);
  const plan = (workload: unknown): Move[] => planBack(workload, moved.moves, scene);
  const back = await moveReferences(scene, before, plan, noStop);
  if (back.moves.length === 0) throw overtaken(scene, to);
  const names = [...new Set(back.moves.map((move) => move.to))].join(', ');
  scene.warn(`${what}: rolled back to ${names}`);
  scene.stage(`${what} refers to ${names} again, and its rollout goes on`);
  if (isRevision) await noteFailure(scene, to, noStop);

  const onLook = async (found: Moved['found']): Promise<boolean> => {
    await freeStuckPods(scene, found, to, noStop);
    return true;
  };
  // It was ready with that before.
  const wait = { ...patience, surviveMs: 0, before, onLook };
  const result = await waitForRollout(scene, wait, signal);
  if ('reason' in result) {
    throw fatal({
      message: `${what} was rolled back to ${names}, and is not ready with it either: ${result.reason}`,
      remedy: result.remedy,
    });
  }
  scene.stage(undefined);
  throw fatal({
    message: `${what} was not ready with ${describeObject(family, to)}; it was rolled back to ${names}, and is ready`,
    remedy: isRevision
      ? `correct the content, and rotate again; ${to} stays for a look until a later rotation collects it`
      : 'rotate to content that works',
  });
}

function planBack(workload: unknown, moves: readonly Move[], { family }: Scene): Move[] {
  const now = new Map(
    findReferences(workload, family.kind, TEMPLATE_SPEC).map(({ path, name }) => [
      path.join('/'),
      name,
    ]),
  );
  return moves
    .filter(({ path, to }) => now.get(path.join('/')) === to)
    .map(({ path, from, to }) => ({ path, from: to, to: from }));
}

async function noteFailure(scene: Scene, name: string, signal: AbortSignal): Promise<void> {
  try {
    await markFailed(scene, name, signal);
  } catch (error) {
    if (!(error instanceof KubeProblem)) throw error;
    scene.warn(`${name} is not marked as failed: ${error.message}`);
  }
}
