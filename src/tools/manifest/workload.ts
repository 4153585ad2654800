import type { ManifestObject } from './object.ts';
import { getAt, type Path } from './path.ts';
import { asList, asRecord, isRecord, type PlainRecord } from '../../system/plain.ts';
import { type Pod, readPod } from './pod.ts';

/** An object that makes pods. */
export type Workload = { object: ManifestObject; pod: Pod };

const TEMPLATE = ['spec', 'template', 'spec'];

/** Kind → where its pod spec is. Without a kind: a fragment, as in documentation. */
const POD_SPECS: Readonly<Record<string, Path>> = {
  '': ['spec'],
  Pod: ['spec'],
  Deployment: TEMPLATE,
  StatefulSet: TEMPLATE,
  DaemonSet: TEMPLATE,
  ReplicaSet: TEMPLATE,
  Rollout: TEMPLATE,
  ReplicationController: TEMPLATE,
  Job: TEMPLATE,
  CronJob: ['spec', 'jobTemplate', ...TEMPLATE],
};

/**
 * The workload that an object is; `partial` for one that is no complete workload, such as a patch of
 * kustomize, of which nothing can be said; `undefined` for any other object.
 */
export function readWorkload(object: ManifestObject): Workload | 'partial' | undefined {
  const at = POD_SPECS[object.kind];
  const spec = at && getAt(object.value, at);
  if (at === undefined || !isRecord(spec)) return undefined;
  if (object.kind === '' && !Array.isArray(spec['containers'])) return undefined;
  if (!isComplete(spec)) return 'partial';
  const claimTemplates = asRecord(object.value['spec'])['volumeClaimTemplates'];
  return { object, pod: readPod(spec, [...object.path, ...at], claimTemplates) };
}

/** The API server takes no pod without a container, and no container without an image. */
function isComplete({ containers, initContainers }: PlainRecord): boolean {
  const apps = asList(containers);
  const all = [...apps, ...asList(initContainers)];
  return apps.length > 0 && all.every((container) => 'image' in asRecord(container));
}
