import { parseConfigFile, type RawFile } from '../../../config/file.ts';
import { ConfigError, type ConfigProblem } from '../../../system/errors.ts';
import type { Container } from '../../manifest/container.ts';
import type { ManifestDocument } from '../../manifest/document.ts';
import type { Path } from '../../manifest/path.ts';
import { findVolume, type Pod } from '../../manifest/pod.ts';
import { mountOf, type Volume } from '../../manifest/volume.ts';
import { type ObjectIndex, readKey } from '../objects.ts';

/** The file of REHUP_CONFIG, where its ConfigMap is among the manifests. */
export type ConfigFile = {
  place: { document: ManifestDocument; path: Path };
  file: RawFile | undefined;
  problems: readonly ConfigProblem[];
};

type Surroundings = { pod: Pod; rehup: Container; objects: ObjectIndex };

export function findConfigFileIn(
  file: string,
  { pod, rehup, objects }: Surroundings,
  namespace: string | undefined,
): ConfigFile | undefined {
  const mount = mountOf(file, rehup.mounts);
  const volume = mount && findVolume(pod, mount.name);
  if (mount === undefined || volume === undefined) return undefined;
  const inVolume = file === mount.mountPath ? '' : file.slice(mount.mountPath.length + 1);
  const path = [mount.subPath, inVolume].filter(Boolean).join('/');
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

function parse(text: string, file: string): Pick<ConfigFile, 'file' | 'problems'> {
  try {
    return { file: parseConfigFile(text, file), problems: [] };
  } catch (error) {
    if (error instanceof ConfigError) return { file: undefined, problems: error.problems };
    throw error;
  }
}
