import { parseConfigFile, type RawFile } from '../../../config/file.ts';
import { ConfigError, type ConfigProblem } from '../../../system/errors.ts';
import { asList, asRecord, asText } from '../../../system/plain.ts';
import type { Container } from '../../manifest/container.ts';
import type { ManifestDocument } from '../../manifest/document.ts';
import { getAt, type Path } from '../../manifest/path.ts';
import { findVolume, type Pod } from '../../manifest/pod.ts';
import { mountOf, type Volume } from '../../manifest/volume.ts';
import { type ObjectIndex, readKey } from '../objects.ts';

/** The file of REHUP_CONFIG, where its ConfigMap is among the manifests, or an annotation of the pod holds it. */
export type ConfigFile = {
  place: { document: ManifestDocument; path: Path };
  file: RawFile | undefined;
  problems: readonly ConfigProblem[];
};

type Surroundings = {
  document: ManifestDocument;
  pod: Pod;
  rehup: Container;
  objects: ObjectIndex;
};

export function findConfigFileIn(
  file: string,
  { document, pod, rehup, objects }: Surroundings,
  namespace: string | undefined,
): ConfigFile | undefined {
  const mount = mountOf(file, rehup.mounts);
  const volume = mount && findVolume(pod, mount.name);
  if (mount === undefined || volume === undefined) return undefined;
  const inVolume = file === mount.mountPath ? '' : file.slice(mount.mountPath.length + 1);
  const path = [mount.subPath, inVolume].filter(Boolean).join('/');
  const annotation = findAnnotation(document, pod, annotationAt(pod, volume, path));
  if (annotation !== undefined) {
    return { place: { document, path: annotation.path }, ...parse(annotation.text, file) };
  }
  const key = keyAt(volume, path);
  for (const reference of volume.references) {
    const object = objects.find(reference, namespace);
    const text = object && readKey(object, key);
    if (object === undefined || text === undefined) continue;
    const place = { document: object.document, path: [...object.path, 'data', key] };
    return { place, ...parse(text, file) };
  }
  return undefined;
}

/** `items` may give a key another name in the volume. */
function keyAt({ items }: Volume, path: string): string {
  const [key = path] = [...(items ?? [])].find(([, renamed]) => renamed === path) ?? [];
  return key;
}

/** The annotation that a downwardAPI volume shows as that file. */
function annotationAt(pod: Pod, { kind, path }: Volume, file: string): string | undefined {
  if (kind !== 'downwardAPI') return undefined;
  const items = asList(getAt(pod.value, [...path.slice(pod.path.length), kind, 'items']));
  const item = items.map(asRecord).find((one) => one['path'] === file);
  const field = asText(asRecord(item?.['fieldRef'])['fieldPath']) ?? '';
  return /^metadata\.annotations\['([^']+)'\]$/.exec(field)?.[1];
}

function findAnnotation(
  { value }: ManifestDocument,
  { path: spec }: Pod,
  name: string | undefined,
): { path: Path; text: string } | undefined {
  if (name === undefined || spec.at(-1) !== 'spec') return undefined;
  const path = [...spec.slice(0, -1), 'metadata', 'annotations', name];
  const text = asText(getAt(value, path));
  return text === undefined ? undefined : { path, text };
}

function parse(text: string, file: string): Pick<ConfigFile, 'file' | 'problems'> {
  try {
    return { file: parseConfigFile(text, file), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { file: undefined, problems: error.problems };
    throw error;
  }
}
