import { type Container, readContainer } from './container.ts';
import type { Path } from './path.ts';
import { asBoolean, asList, asRecord, type PlainRecord } from '../../system/plain.ts';
import { readVolume, type Volume } from './volume.ts';

/** A pod spec, wherever it is in a manifest. */
export type Pod = {
  path: Path;
  value: PlainRecord;
  /** In the order of the manifest, init containers first. */
  containers: readonly Container[];
  volumes: readonly Volume[];
  security: PlainRecord;
  /** The processes of all containers are visible to each. */
  sharesProcesses: boolean;
  restartPolicy: 'Always' | 'OnFailure' | 'Never';
};

export function readPod(value: PlainRecord, path: Path, claimTemplates: unknown): Pod {
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    asList(value[list]).map((item, index) => readContainer(item, [...path, list, index], list)),
  );
  const volumes = asList(value['volumes']).map((item, index) =>
    readVolume(item, [...path, 'volumes', index]),
  );
  const claims = asList(claimTemplates).map((item) => {
    const { name } = asRecord(asRecord(item)['metadata']);
    return { ...readVolume({ name }, path), kind: 'claimTemplate' };
  });
  return {
    path,
    value,
    containers,
    volumes: [...volumes, ...claims],
    security: asRecord(value['securityContext']),
    sharesProcesses:
      (asBoolean(value['shareProcessNamespace']) ?? false) ||
      (asBoolean(value['hostPID']) ?? false),
    restartPolicy: readRestartPolicy(value['restartPolicy']),
  };
}

function readRestartPolicy(value: unknown): Pod['restartPolicy'] {
  return value === 'OnFailure' || value === 'Never' ? value : 'Always';
}

export function findVolume({ volumes }: Pod, name: string): Volume | undefined {
  return volumes.find((volume) => volume.name === name);
}

/** A field of the container's security context, otherwise that of the pod's. */
export function securityOf(pod: Pod, container: Container, field: string): unknown {
  return container.security[field] ?? pod.security[field];
}
