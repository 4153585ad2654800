import type { ManifestObject } from '../manifest/object.ts';
import { asRecord, asText } from '../../system/plain.ts';
import type { ObjectReference } from '../manifest/volume.ts';

/** The ConfigMaps, Secrets and service accounts among the manifests. */
export type ObjectIndex = {
  /** @param namespace That of the workload: objects of another one are others. */
  find: (reference: ObjectReference, namespace: string | undefined) => ManifestObject | undefined;
  findAccount: (name: string, namespace: string | undefined) => ManifestObject | undefined;
};

export function indexObjects(objects: readonly ManifestObject[]): ObjectIndex {
  const kinds = new Set(['ConfigMap', 'Secret', 'ServiceAccount']);
  const byName = new Map(
    objects
      .filter(({ kind }) => kinds.has(kind))
      .map((object) => [keyOf(object, object.namespace), object]),
  );
  // Some files leave the namespace to kubectl.
  const find = (named: Named, namespace: string | undefined): ManifestObject | undefined =>
    byName.get(keyOf(named, namespace)) ?? byName.get(keyOf(named, undefined));
  return {
    find,
    findAccount: (name, namespace) => find({ kind: 'ServiceAccount', name }, namespace),
  };
}

type Named = { kind: string; name: string };

function keyOf({ kind, name }: Named, namespace?: string): string {
  return `${namespace ?? ''} ${kind} ${name}`;
}

/** The text of a key of a ConfigMap. Of a Secret nothing is read. */
export function readKey({ kind, value }: ManifestObject, key: string): string | undefined {
  return kind === 'ConfigMap' ? asText(asRecord(value['data'])[key]) : undefined;
}

export function keysOf({ value }: ManifestObject): string[] {
  return ['data', 'stringData', 'binaryData'].flatMap((field) =>
    Object.keys(asRecord(value[field])),
  );
}

/** The bytes of each key, as far as they can be told; nothing else is read of a Secret. */
export function sizesOf({ kind, value }: ManifestObject): number[] {
  const textsOf = (field: string): string[] =>
    Object.values(asRecord(value[field])).flatMap((one) => asText(one) ?? []);
  const encoded = [...textsOf('binaryData'), ...(kind === 'Secret' ? textsOf('data') : [])];
  const plain = [...textsOf('stringData'), ...(kind === 'ConfigMap' ? textsOf('data') : [])];
  return [
    ...plain.map((text) => Buffer.byteLength(text)),
    ...encoded.map((text) => Buffer.byteLength(text, 'base64')),
  ];
}
