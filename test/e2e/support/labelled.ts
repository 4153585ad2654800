import { openCluster } from '../../../src/kubernetes/kubeconfig.ts';
import { configMaps } from '../../../src/kubernetes/request.ts';
import type { DataObject } from './pod-spec.ts';

const AT_ONCE = 16;

/** Puts ConfigMaps on the cluster by requests of its own: kubectl takes longer to start than rehup to bring them. */
export interface ConfigMaps {
  readonly create: (objects: readonly DataObject[]) => Promise<void>;
  readonly remove: (objects: readonly DataObject[]) => Promise<void>;
  /** Returns when the request was sent. */
  readonly patch: (object: DataObject) => Promise<number>;
}

export function openConfigMaps(signal: AbortSignal): ConfigMaps {
  const { client } = openCluster({});
  return {
    create: async (objects) =>
      await each(objects, async (body) => {
        const { namespace } = body.metadata;
        return await client.request({ ...configMaps, verb: 'create', namespace, body }, signal);
      }),
    remove: async (objects) =>
      await each(objects, async ({ metadata }) => {
        return await client.request({ ...configMaps, verb: 'delete', ...metadata }, signal);
      }),
    patch: async (body) => {
      const { name, namespace } = body.metadata;
      const sentAt = Date.now();
      const request = {
        ...configMaps,
        verb: 'patch',
        patch: 'merge-patch',
        name,
        namespace,
      } as const;
      await client.request({ ...request, body }, signal);
      return sentAt;
    },
  };
}

async function each(
  objects: readonly DataObject[],
  send: (object: DataObject) => Promise<unknown>,
): Promise<void> {
  const left = [...objects];
  const work = async (): Promise<void> => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) await send(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

/** A ConfigMap that the selector `dash=VALUE` takes. */
export function labelled(
  object: DataObject,
  dash: string,
  annotations: Readonly<Record<string, string>> = {},
): DataObject {
  return {
    ...object,
    metadata: { ...object.metadata, labels: { dash }, annotations },
  } as DataObject;
}
