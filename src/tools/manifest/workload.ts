import { describeObject, type ManifestObject } from './object.ts';
import { formatPath, getAt, type Path } from './path.ts';
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

/** What an object is to somebody who looks for pods. */
export type Reading = {
  /** Of a kind that is not known here, there may be several. */
  workloads: readonly Workload[];
  /** Why there may be something that is not looked at. */
  remark?: string;
};

/** The pods that an object makes: of a kind that is known, or of any other, by their shape. */
export function readWorkloads(object: ManifestObject): Reading {
  const at = POD_SPECS[object.kind];
  if (at === undefined) return readByShape(object);
  const spec = getAt(object.value, at);
  if (!isRecord(spec)) return { workloads: [] };
  if (object.kind === '' && !Array.isArray(spec['containers'])) return { workloads: [] };
  if (!isComplete(spec)) {
    return {
      workloads: [],
      remark: `${describeObject(object)} is not a complete workload: a patch, perhaps; lint what comes out of kustomize build`,
    };
  }
  return { workloads: [createWorkload(object, spec, at)] };
}

function createWorkload(object: ManifestObject, spec: PlainRecord, at: Path): Workload {
  const claimTemplates = asRecord(object.value['spec'])['volumeClaimTemplates'];
  return { object, pod: readPod(spec, [...object.path, ...at], claimTemplates) };
}

/** Deeper is no template of a pod, but what is meant to be endless. */
const DEEPEST = 12;

/** CloneSet, DeploymentConfig, JobSet, a Service of Knative, … */
function readByShape(object: ManifestObject): Reading {
  const found: Path[] = [];
  const partial: Path[] = [];
  const look = (value: unknown, path: Path): void => {
    if (path.length > DEEPEST) return;
    if (Array.isArray(value)) value.forEach((item, index) => look(item, [...path, index]));
    if (!isRecord(value)) return;
    if (asList(value['containers']).length > 0) {
      // A spec at the root that has containers is a patch of something else, as of Prometheus.
      if (isComplete(value) && path.length > 1) {
        found.push(path);
        return;
      }
      partial.push(path);
    }
    for (const [key, item] of Object.entries(value)) {
      if (/^pod(?:Template)?$/.test(key) && isRecord(item) && !holdsContainers(item)) {
        partial.push([...path, key]);
      }
      look(item, [...path, key]);
    }
  };
  if (!OTHERS.has(object.kind)) look(object.value, []);
  const workloads = found.map((path) =>
    createWorkload(object, asRecord(getAt(object.value, path)), path),
  );
  const [first] = partial;
  if (first === undefined) return { workloads };
  return {
    workloads,
    remark: `${describeObject(object)}: ${formatPath(first)} is not looked at: it is not a complete pod spec`,
  };
}

/** They hold what somebody else wrote, or say what others may look like. */
const OTHERS = new Set(['ConfigMap', 'Secret', 'CustomResourceDefinition', 'Kustomization']);

function holdsContainers(value: PlainRecord): boolean {
  return 'containers' in value || 'containers' in asRecord(value['spec']);
}

/** The API server takes no pod without a container, and no container without an image. */
function isComplete({ containers, initContainers }: PlainRecord): boolean {
  const apps = asList(containers);
  const all = [...apps, ...asList(initContainers)];
  return apps.length > 0 && all.every((container) => 'image' in asRecord(container));
}
