import { getAt, type Path } from '../manifest/path.ts';
import { asList, asRecord, asText } from '../../system/plain.ts';
import type { ContentKind } from '../../kubernetes/content.ts';

/** A place in a workload that names a ConfigMap or Secret. */
export type Reference = {
  /** From the root of the workload to the name. */
  path: Path;
  name: string;
  /** Keys without which the pod does not start. */
  keys: readonly string[];
};

const CONTAINERS = ['containers', 'initContainers'];

function inContainers(...places: string[]): string[] {
  return CONTAINERS.flatMap((list) => places.map((place) => `${list}.*.${place}`));
}

/** Every place of a pod spec that holds such a name; `*` is any item of a list. Sidecars are init containers. */
const PLACES: Readonly<Record<ContentKind, readonly string[]>> = {
  ConfigMap: [
    'volumes.*.configMap.name',
    'volumes.*.projected.sources.*.configMap.name',
    ...inContainers('env.*.valueFrom.configMapKeyRef.name', 'envFrom.*.configMapRef.name'),
  ],
  Secret: [
    'volumes.*.secret.secretName',
    'volumes.*.projected.sources.*.secret.name',
    ...inContainers('env.*.valueFrom.secretKeyRef.name', 'envFrom.*.secretRef.name'),
    'imagePullSecrets.*.name',
    'volumes.*.csi.nodePublishSecretRef.name',
    'volumes.*.azureFile.secretName',
    ...['cephfs', 'flexVolume', 'iscsi', 'rbd', 'scaleIO', 'storageos'].map(
      (driver) => `volumes.*.${driver}.secretRef.name`,
    ),
  ],
};

/** Where the pod spec is in a workload, and in the data of a ControllerRevision. */
export const TEMPLATE_SPEC: Path = ['spec', 'template', 'spec'];

/** All that a pod spec refers to, of one kind. `at` is where it is in the object. */
export function findReferences(object: unknown, kind: ContentKind, at: Path): Reference[] {
  return PLACES[kind].flatMap((place) => {
    const paths = expand(object, at, place.split('.'));
    return paths.flatMap((path) => {
      const name = asText(getAt(object, path));
      const { optional, key, items } = asRecord(getAt(object, path.slice(0, -1)));
      if (name === undefined || name === '') return [];
      const named = [key, ...asList(items).map((item) => asRecord(item)['key'])];
      const keys = optional === true ? [] : named.flatMap((one) => asText(one) ?? []);
      return [{ path, name, keys }];
    });
  });
}

function expand(object: unknown, at: Path, steps: readonly string[]): Path[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [at];
  if (step !== '*') return expand(object, [...at, step], rest);
  return asList(getAt(object, at)).flatMap((_, index) => expand(object, [...at, index], rest));
}

/** One reference to be changed. */
export type Move = { path: Path; from: string; to: string };

export type PatchOperation = { op: 'test' | 'replace'; path: string; value: string };

/** A JSON patch that changes these names, or nothing at all where one of them is another by now. */
export function toJsonPatch(moves: readonly Move[]): PatchOperation[] {
  return moves.flatMap(({ path, from, to }) => {
    const pointer = path.map((step) => `/${escapeStep(step)}`).join('');
    return [
      { op: 'test', path: pointer, value: from },
      { op: 'replace', path: pointer, value: to },
    ];
  });
}

/** RFC 6901. */
function escapeStep(step: string | number): string {
  return String(step).replaceAll('~', '~0').replaceAll('/', '~1');
}
