import type { KubeClient } from './client.ts';
import { KubeProblem } from './problem.ts';
import { resourceOf } from './request.ts';
import type { ConfigMapObject, SecretObject, SourceReference } from './types.ts';

/** What content comes from: of one kind or the other, with the fields of both. */
export type SourceObject = ConfigMapObject & SecretObject;

/** Reads one; `undefined` if it is not there. Verb: `get`. Throws KubeProblem. */
export async function readSourceObject(
  client: KubeClient,
  { kind, name, namespace }: SourceReference & { namespace: string },
  signal: AbortSignal,
): Promise<SourceObject | undefined> {
  try {
    const request = { ...resourceOf(kind), verb: 'get' as const, namespace, name };
    return await client.request<SourceObject>(request, signal);
  } catch (error) {
    if (error instanceof KubeProblem && error.kind === 'not-found') return undefined;
    throw error;
  }
}
