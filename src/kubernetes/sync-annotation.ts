import type { OwnPod } from './own-pod.ts';
import { pods } from './request.ts';

/** The annotation of a pod whose change makes its kubelet sync it. Part of the contract. */
export const SYNC_ANNOTATION = 'rehup.dev/sync';

/**
 * Writes the annotation. With the pod's uid in it, the patch is refused (409) once another pod has
 * taken over the name.
 */
export function patchAnnotation({
  client,
  namespace,
  pod,
}: OwnPod): (value: string, signal: AbortSignal) => Promise<void> {
  const { name, uid } = pod.metadata;
  return async (value, signal) => {
    const body = { metadata: { uid, annotations: { [SYNC_ANNOTATION]: value } } };
    const request = { ...pods, verb: 'patch' as const, patch: 'merge-patch' as const };
    // The answer's metadata alone: a pod may be large.
    await client.request({ ...request, namespace, name, body, metadataOnly: true }, signal);
  };
}
