import { fatal } from '../../kubernetes/fatal.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { OwnerReference } from '../../kubernetes/types.ts';
import { ANNOTATIONS, resourceOfFamily } from './family.ts';
import type { Revision } from './revision.ts';
import { type Scene, writeQuery } from './scene.ts';

/**
 * Creates a revision, or makes sure that an existing one is as it should be, by server-side apply:
 * what another manager has set to something else is a conflict, and is left alone. Verbs: `create`
 * and `patch`.
 */
export async function applyRevision(
  scene: Scene,
  revision: Revision,
  signal: AbortSignal,
): Promise<void> {
  const { client, namespace, family } = scene;
  const { name } = revision.metadata;
  const query = { ...writeQuery(scene), force: 'false' };
  const request = { ...resourceOfFamily(family), verb: 'patch' as const, namespace, name };
  try {
    await client.request(
      { ...request, patch: 'apply-patch', query, body: revision, metadataOnly: true },
      signal,
    );
  } catch (error) {
    if (!(error instanceof KubeProblem) || error.kind !== 'conflict') throw error;
    throw fatal({
      message: error.message,
      remedy: `let ${family.kind} ${family.base} have the same value there, or take the change of ${name} back; nothing was moved`,
      cause: error,
    });
  }
}

/**
 * Marks a revision as used now, which keeps a collection that is under way off it: that deletes only
 * what has not changed since it looked.
 */
export async function touchRevision(
  scene: Scene,
  name: string,
  owner: OwnerReference,
  signal: AbortSignal,
): Promise<void> {
  const usedAt = new Date(scene.clock.now()).toISOString();
  const annotations = { [ANNOTATIONS.usedAt]: usedAt, [ANNOTATIONS.failedAt]: null };
  await patchMetadata(scene, name, { annotations, ownerReferences: [owner] }, signal);
}

/** Marks a revision as one that a rollout failed with: nobody goes back to it by himself. */
export async function markFailed(scene: Scene, name: string, signal: AbortSignal): Promise<void> {
  const failedAt = new Date(scene.clock.now()).toISOString();
  const annotations = { [ANNOTATIONS.failedAt]: failedAt };
  await patchMetadata(scene, name, { annotations }, signal);
}

/** Deletes a revision if it is still as it was seen. Returns whether it did. Verb: `delete`. */
export async function deleteRevision(
  scene: Scene,
  { name, uid, resourceVersion }: { name: string; uid: string; resourceVersion: string },
  signal: AbortSignal,
): Promise<boolean> {
  const { client, namespace, family } = scene;
  const request = { ...resourceOfFamily(family), verb: 'delete' as const, namespace, name };
  const body = { preconditions: { uid, resourceVersion } };
  try {
    await client.request({ ...request, query: writeQuery(scene), body }, signal);
    return true;
  } catch (error) {
    const isGone = error instanceof KubeProblem && /^(?:conflict|not-found)$/.test(error.kind);
    if (isGone) return false;
    throw error;
  }
}

/** A strategic merge patch knows that owners are told apart by uid, and adds to their list. */
async function patchMetadata(
  scene: Scene,
  name: string,
  metadata: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<void> {
  const { client, namespace, family } = scene;
  await client.request(
    {
      ...resourceOfFamily(family),
      verb: 'patch',
      patch: 'strategic-merge-patch',
      namespace,
      name,
      query: writeQuery(scene),
      body: { metadata },
      metadataOnly: true,
    },
    signal,
  );
}
