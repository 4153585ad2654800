import { createHash } from 'node:crypto';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { resourceOf } from '../../kubernetes/request.ts';
import { sourceKey, sourcesOfVolume } from '../../kubernetes/sources.ts';
import type {
  ConfigMapObject,
  PodVolume,
  SecretObject,
  SourceReference,
} from '../../kubernetes/types.ts';
import { lastWrittenMs } from '../../kubernetes/watched-object.ts';
import type { Mount } from '../../sidecar/mount/mount.ts';
import type { Snapshot } from '../../sidecar/snapshot/snapshot.ts';
import { nameOf, UNKNOWN_VOLUME } from '../volumes.ts';

/** How an object stands to the mount that it is behind. */
export type ObjectState = {
  /** `Kind/name`. */
  object: string;
  immutable: boolean;
  /** Key paths that the mount has not, or not so. */
  ahead: readonly string[];
  /** When it was last written, wall clock, in milliseconds, in whole seconds. */
  writtenMs: number;
};

type Source = ConfigMapObject & SecretObject;

/** The volume of the pod spec behind a mount. */
export function volumeOf(
  { pod }: OwnPod,
  container: string,
  { path, volume }: Mount,
): PodVolume | undefined {
  const { containers, initContainers = [], volumes = [] } = pod.spec;
  const own = [...containers, ...initContainers].find(({ name }) => name === container);
  const shown = nameOf(volume);
  const mounted = own?.volumeMounts?.find(({ mountPath }) => toRun(mountPath) === toRun(path));
  const name = shown === UNKNOWN_VOLUME ? mounted?.name : shown;
  return volumes.find((candidate) => candidate.name === name);
}

/** `/var/run` is a link in most images. */
function toRun(path: string): string {
  return path.replace(/^\/var\/run\//, '/run/').replace(/(?<=.)\/+$/, '');
}

/** Reads each object behind a volume; those that may not be read are left out. Contents stay here. */
export async function readObjects(
  { client, namespace }: OwnPod,
  volume: PodVolume,
  snapshot: Snapshot,
  signal: AbortSignal,
): Promise<ObjectState[]> {
  const states: ObjectState[] = [];
  for (const source of sourcesOfVolume(volume)) {
    const { kind, name } = source;
    try {
      const request = { ...resourceOf(kind), verb: 'get' as const, namespace, name };
      const object = await client.request<Source>(request, signal);
      states.push({
        object: sourceKey(source),
        immutable: object.immutable === true,
        ahead: findAhead(object, source, volume, snapshot),
        writtenMs: lastWrittenMs(object.metadata),
      });
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeProblem)) throw error;
    }
  }
  return states;
}

type Items = readonly { key: string; path: string }[];

type Projection = {
  name?: string;
  secretName?: string;
  items?: Items;
};

/** Without `items`, each key is a path of its own. */
function itemsOf({ kind, name }: SourceReference, volume: PodVolume): Items | undefined {
  const { configMap, secret, projected } = volume as {
    configMap?: Projection;
    secret?: Projection;
    projected?: { sources?: readonly { configMap?: Projection; secret?: Projection }[] };
  };
  const all = [{ configMap, secret }, ...(projected?.sources ?? [])];
  const projections = all.map((one) => (kind === 'ConfigMap' ? one.configMap : one.secret));
  return projections.find((one) => (one?.name ?? one?.secretName) === name)?.items;
}

function findAhead(
  object: Source,
  source: SourceReference,
  volume: PodVolume,
  { keys }: Snapshot,
): string[] {
  const encoding = source.kind === 'Secret' ? 'base64' : 'utf8';
  const hashes = new Map([
    ...Object.entries(object.data ?? {}).map(([key, text]) => [key, hash(text, encoding)] as const),
    ...Object.entries(object.binaryData ?? {}).map(
      ([key, text]) => [key, hash(text, 'base64')] as const,
    ),
  ]);
  const items = itemsOf(source, volume) ?? [...hashes.keys()].map((key) => ({ key, path: key }));
  return items
    .filter(({ key, path }) => hashes.has(key) && hashes.get(key) !== keys.get(path))
    .map(({ path }) => path);
}

/** As a snapshot has it. */
function hash(text: string, encoding: 'utf8' | 'base64'): string {
  return createHash('sha256').update(Buffer.from(text, encoding)).digest('hex');
}
