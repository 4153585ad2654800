import type { KubeClient } from '../../kubernetes/client.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { resourceOf } from '../../kubernetes/request.ts';
import { sourceKey, sourcesOfVolume, unique } from '../../kubernetes/sources.ts';
import type { ConfigMapObject, Pod, PodVolume, SecretObject } from '../../kubernetes/types.ts';
import type { SourceObjects } from '../../kubernetes/volume-keys.ts';

/** The objects behind the volumes of pods, by namespace; and which could not be read, with what to do about it. */
export type FleetObjects = {
  of: (namespace: string) => SourceObjects;
  problems: readonly KubeProblem[];
};

/** Each is read once, however many pods mount it. One that may not be read is left out. Verbs: `get`. */
export async function readObjects(
  client: KubeClient,
  pods: readonly Pod[],
  signal: AbortSignal,
): Promise<FleetObjects> {
  const found = new Map<string, Map<string, (ConfigMapObject & SecretObject) | undefined>>();
  const problems: KubeProblem[] = [];
  for (const [namespace, members] of Map.groupBy(
    pods,
    ({ metadata }) => metadata.namespace ?? '',
  )) {
    const objects = new Map<string, (ConfigMapObject & SecretObject) | undefined>();
    found.set(namespace, objects);
    for (const source of unique(members.flatMap(volumesOf).flatMap(sourcesOfVolume))) {
      const { kind, name } = source;
      const request = { ...resourceOf(kind), verb: 'get' as const, namespace, name };
      try {
        objects.set(sourceKey(source), await client.request(request, signal));
      } catch (error) {
        if (!(error instanceof KubeProblem)) throw error;
        if (error.kind === 'not-found') objects.set(sourceKey(source), undefined);
        else problems.push(error);
      }
    }
  }
  return { of: (namespace) => found.get(namespace) ?? new Map(), problems };
}

/** But for the token of the service account: nobody's configuration. */
export function volumesOf({ spec }: Pod): PodVolume[] {
  return (spec.volumes ?? []).filter(
    ({ projected, secret }) =>
      !projected?.sources?.some(({ serviceAccountToken }) => serviceAccountToken !== undefined) &&
      !/-token-[a-z0-9]{5}$/.test(secret?.secretName ?? ''),
  );
}
