import type { SourceObject } from './source-object.ts';
import { sourceKey } from './sources.ts';
import type { PodVolume, ProjectedSource, SourceReference } from './types.ts';

/** By `sourceKey`; `undefined` for one that is not there. */
export type SourceObjects = ReadonlyMap<string, SourceObject | undefined>;

/** What the kubelet is to write into a volume. */
export type VolumeKeys = {
  /** Path in the volume → content. */
  keys: ReadonlyMap<string, Buffer>;
  /** There is more in it, which no object tells: a token, fields of the pod. */
  isPartial: boolean;
  /** Some of it is a Secret's. */
  isSecret: boolean;
  /** Objects, and keys of them, without which the kubelet writes nothing. */
  missing: readonly string[];
};

/**
 * The content of a ConfigMap, Secret or projected volume as the kubelet makes it of the objects;
 * `undefined` for a volume of another kind, or where an object was not read.
 */
export function keysOfVolume(volume: PodVolume, objects: SourceObjects): VolumeKeys | undefined {
  const { configMap, secret, projected } = volume;
  const sources: readonly ProjectedSource[] | undefined =
    projected?.sources ??
    (configMap && [{ configMap }]) ??
    (secret && [{ secret: { ...secret, ...named(secret.secretName) } }]);
  if (sources === undefined) return undefined;
  const keys = new Map<string, Buffer>();
  const missing: string[] = [];
  let isPartial = false;
  for (const source of sources) {
    const reference = referenceOf(source);
    if (reference === undefined) {
      isPartial = true;
      continue;
    }
    if (!objects.has(sourceKey(reference))) return undefined;
    const object = objects.get(sourceKey(reference));
    const { items, optional = false } = (source.configMap ?? source.secret) || {};
    const found = project(reference, object, items);
    for (const [path, content] of found.keys) keys.set(path, content);
    if (!optional) missing.push(...found.missing);
  }
  const isSecret = sources.some((source) => source.secret !== undefined);
  return { keys, isPartial, isSecret, missing };
}

function named(name: string | undefined): { name?: string } {
  return name === undefined ? {} : { name };
}

function referenceOf({ configMap, secret }: ProjectedSource): SourceReference | undefined {
  if (configMap?.name !== undefined) return { kind: 'ConfigMap', name: configMap.name };
  if (secret?.name !== undefined) return { kind: 'Secret', name: secret.name };
  return undefined;
}

type Items = NonNullable<ProjectedSource['configMap']>['items'];

function project(
  reference: SourceReference,
  object: SourceObject | undefined,
  items: Items,
): { keys: readonly (readonly [string, Buffer])[]; missing: readonly string[] } {
  if (object === undefined) return { keys: [], missing: [sourceKey(reference)] };
  const all = contentOf(reference, object);
  // An empty list is none, as the API server drops it.
  if (items === undefined || items.length === 0) return { keys: [...all], missing: [] };
  const found = items.map(({ key, path }) => ({ key, path, content: all.get(key) }));
  return {
    keys: found.flatMap(({ path, content }) =>
      content === undefined ? [] : [[path, content] as const],
    ),
    missing: found.flatMap(({ key, content }) =>
      content === undefined ? [`key ${key} of ${sourceKey(reference)}`] : [],
    ),
  };
}

/** Key → content. */
function contentOf(
  { kind }: Pick<SourceReference, 'kind'>,
  { data = {}, binaryData = {} }: SourceObject,
): ReadonlyMap<string, Buffer> {
  const encoding = kind === 'Secret' ? 'base64' : 'utf8';
  return new Map([
    ...Object.entries(data).map(([key, text]) => [key, Buffer.from(text, encoding)] as const),
    ...Object.entries(binaryData).map(([key, text]) => [key, Buffer.from(text, 'base64')] as const),
  ]);
}
