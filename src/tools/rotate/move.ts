import type { LocatedWorkload, Workload } from '../../kubernetes/owner.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { formatPath } from '../manifest/path.ts';
import { readWorkload } from '../../kubernetes/rollout/workload.ts';
import { type Move, TEMPLATE_SPEC, toJsonPatch } from './references.ts';
import { describeWorkload, mark, type Scene, writeQuery } from './scene.ts';

export type Moved = { found: LocatedWorkload; moves: readonly Move[] };

const ATTEMPTS = 5;

/**
 * Changes references in the pod template, all at once, and only where they still are what was read:
 * the patch tests each of them. Where somebody was faster, it reads again and plans anew. Verbs: `get`
 * and `patch` on the workload.
 */
export async function moveReferences(
  scene: Scene,
  found: LocatedWorkload,
  plan: (workload: Workload) => readonly Move[],
  signal: AbortSignal,
): Promise<Moved> {
  const { client, namespace, reference } = scene;
  const { uid, name } = found.workload.metadata;
  for (let attempt = 1, current = found; ; attempt += 1) {
    const moves = plan(current.workload);
    if (moves.length === 0) return { found: current, moves };
    try {
      const workload = await client.request<Workload>(
        {
          ...current.resource,
          verb: 'patch',
          patch: 'json-patch',
          namespace,
          name,
          query: writeQuery(scene),
          body: [{ op: 'test', path: '/metadata/uid', value: uid }, ...toJsonPatch(moves)],
        },
        signal,
      );
      return { found: { ...current, workload }, moves };
    } catch (error) {
      if (attempt === ATTEMPTS || !(error instanceof KubeProblem)) throw error;
      if (error.kind !== 'conflict' && error.kind !== 'invalid') throw error;
      const before = current.workload.metadata.resourceVersion;
      current = await readWorkload(client, reference, namespace, signal);
      // A failed test is answered like an object that is not valid: then nothing has moved.
      const same = current.workload.metadata.resourceVersion === before;
      if (current.workload.metadata.uid !== uid || (same && error.kind === 'invalid')) throw error;
    }
  }
}

/** `deployment/app: 2 references moved to app-config-x (volumes[0].configMap.name, …)`. */
export function describeMoves(scene: Scene, { moves }: Moved, to: string): string {
  const places = moves.map(({ path }) => formatPath(path.slice(TEMPLATE_SPEC.length)));
  const count = `${moves.length} ${moves.length === 1 ? 'reference' : 'references'}`;
  const what = `${describeWorkload(scene.reference)}: ${count} moved to ${to}`;
  return `${what}${mark(scene)} (${places.join(', ')})`;
}
