import { waitForCluster } from './deadline.ts';
import { POKE_ANNOTATION, pokeKubelet, type Pod } from './pod.ts';
import type { VolumeSource } from './pod-spec.ts';

/** Where the app's container shows the last poke that reached its volumes. */
export const SYNC_MOUNT = '/etc/sync';

/** Holds the annotation that pokes the kubelet: the kubelet writes all volumes of a pod in one sync. */
export const syncVolume: VolumeSource = {
  downwardAPI: {
    items: [
      { path: 'poke', fieldRef: { fieldPath: `metadata.annotations['${POKE_ANNOTATION}']` } },
    ],
  },
};

/** Makes the kubelet sync the pod, and waits until it has: the only way to see that a sync has changed nothing. */
export async function awaitSync(pod: Pod, container: string): Promise<void> {
  const value = await pokeKubelet(pod);
  await waitForCluster('the kubelet to sync the pod', async () => {
    return (await pod.exec(container, 'cat', `${SYNC_MOUNT}/poke`)) === value;
  });
}
