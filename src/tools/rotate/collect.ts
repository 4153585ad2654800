import { asFatal } from '../../kubernetes/fatal.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { OwnerReference } from '../../kubernetes/types.ts';
import { deleteRevision } from './apply.ts';
import { chooseOld } from './choose.ts';
import { describeObject } from './family.ts';
import { readCluster, readMembers } from './read.ts';
import { mark, type Scene } from './scene.ts';
import { findUsers } from './users.ts';

export type CollectInput = {
  keep: number;
  /** In use now. */
  current: string;
  /** The workload that was rotated: it may refer to revisions that do not know it as their owner. */
  owner: OwnerReference;
};

/**
 * Deletes old revisions that nobody refers to. The rotation is done by then: what keeps it from
 * collecting is a warning, and the next one tries again.
 */
export async function collect(
  scene: Scene,
  { keep, current, owner }: CollectInput,
  signal: AbortSignal,
): Promise<void> {
  try {
    const members = await readMembers(scene, scene.family, signal);
    const owners = [owner, ...members.flatMap(({ ownerReferences }) => ownerReferences ?? [])];
    const users = findUsers(await readCluster(scene, owners, signal), scene.family.kind);
    for (const old of chooseOld({ members, users, keep, current })) {
      const deleted = await deleteRevision(scene, old, signal);
      const said = deleted ? 'deleted' : 'left alone: it has changed just now';
      scene.say(`${describeObject(scene.family, old.name)} ${said}${mark(scene)}`);
    }
  } catch (error) {
    if (!(error instanceof KubeProblem)) throw error;
    const { message, remedy } = asFatal(error);
    scene.warn(`old revisions are not collected: ${message}\nremedy: ${remedy}`);
  }
}
