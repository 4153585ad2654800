import { SERVICE_ACCOUNT_PATH } from './conventions.ts';
import type { Path } from './path.ts';
import { asBoolean, asList, asNumber, asRecord, asText } from '../../system/plain.ts';

/** A ConfigMap or Secret by name. */
export type ObjectReference = { kind: 'ConfigMap' | 'Secret'; name: string };

export type Volume = {
  path: Path;
  name: string;
  /** The key of its source: `configMap`, `emptyDir`, …; `claimTemplate` for those of a StatefulSet. */
  kind: string;
  /** What its content comes from. */
  references: readonly ObjectReference[];
  /** Somebody's configuration, whether or not the manifest names its object. */
  isConfiguration: boolean;
  /** What is in it is nobody else's business: Secrets, keys, tokens. */
  isConfidential: boolean;
  /** Of an emptyDir; `Memory` is none of the disk. */
  medium: string | undefined;
  /** Of an emptyDir, as it is written. */
  sizeLimit: string | undefined;
  /** It has a token of the service account. */
  hasToken: boolean;
  /** The modes of its files, as far as they are given. */
  modes: readonly number[];
  /** Key → path in the volume, where `items` says so; otherwise every key is a path. */
  items: ReadonlyMap<string, string> | undefined;
};

/** What brings certificates and secrets, from objects that the manifest does not name. */
export const OPAQUE = ['csi', 'podCertificate', 'clusterTrustBundle'] as const;

const CONFIDENTIAL: readonly string[] = ['secret', 'csi', 'podCertificate', 'serviceAccountToken'];

/** The kinds that the kubelet updates while a container runs (kubernetes: AtomicWriter). */
const UPDATED_KINDS: readonly string[] = ['configMap', 'secret', 'projected', 'downwardAPI'];

export function isUpdated({ kind }: Volume): boolean {
  return UPDATED_KINDS.includes(kind);
}

export function readVolume(value: unknown, path: Path): Volume {
  const { name, ...sources } = asRecord(value);
  // The API server makes an emptyDir of a volume without a source.
  const [kind = 'emptyDir', source] = Object.entries(sources)[0] ?? [];
  const references = readReferences(kind, source);
  const others = kind === 'projected' ? sourcesOf(source).map(([key]) => key) : [kind];
  return {
    path,
    name: asText(name) ?? '',
    kind,
    references,
    isConfiguration:
      references.length > 0 || others.some((one) => (OPAQUE as readonly string[]).includes(one)),
    isConfidential: others.some((one) => CONFIDENTIAL.includes(one)),
    medium: kind === 'emptyDir' ? asText(asRecord(source)['medium']) : undefined,
    sizeLimit: kind === 'emptyDir' ? readQuantity(asRecord(source)['sizeLimit']) : undefined,
    hasToken: others.includes('serviceAccountToken'),
    modes: readModes(source),
    items: readItems(asRecord(source)['items']),
  };
}

function readQuantity(value: unknown): string | undefined {
  return typeof value === 'number' ? String(value) : asText(value);
}

function readReferences(kind: string, source: unknown): ObjectReference[] {
  const fields = asRecord(source);
  if (kind === 'configMap') return named('ConfigMap', fields['name']);
  if (kind === 'secret') return named('Secret', fields['secretName'] ?? fields['name']);
  if (kind !== 'projected') return [];
  const sources = sourcesOf(source);
  const isServiceAccount = sources.some(([key]) => key === 'serviceAccountToken');
  return sources
    .flatMap(([key, value]) => readReferences(key, value))
    .filter(({ name }) => !isServiceAccount || name !== 'kube-root-ca.crt');
}

/** Of a projected volume: each kind, and what it says. */
function sourcesOf(source: unknown): [string, unknown][] {
  return asList(asRecord(source)['sources']).flatMap((item) => Object.entries(asRecord(item)));
}

function readModes(source: unknown): number[] {
  const { defaultMode, items, sources } = asRecord(source);
  const own = asList(items).map((item) => asRecord(item)['mode']);
  const below = asList(sources).flatMap((item) => Object.values(asRecord(item)).flatMap(readModes));
  return [defaultMode, ...own].flatMap((mode) => asNumber(mode) ?? []).concat(below);
}

function named(kind: ObjectReference['kind'], name: unknown): ObjectReference[] {
  return typeof name === 'string' && name !== '' ? [{ kind, name }] : [];
}

function readItems(value: unknown): Volume['items'] {
  if (!Array.isArray(value)) return undefined;
  const pairs = value.map(asRecord).map(({ key, path }) => [asText(key), asText(path)] as const);
  return new Map(
    pairs.flatMap(([key, path]) => (key === undefined ? [] : [[key, path ?? key] as const])),
  );
}

export type Mount = {
  path: Path;
  /** Name of the volume. */
  name: string;
  /** Without a slash at the end. */
  mountPath: string;
  subPath: string | undefined;
  /** Which of the two fields that is in. */
  subPathField: 'subPath' | 'subPathExpr';
  readOnly: boolean;
};

export function readMount(value: unknown, path: Path): Mount {
  const fields = asRecord(value);
  const subPathField = 'subPathExpr' in fields ? 'subPathExpr' : 'subPath';
  return {
    path,
    name: asText(fields['name']) ?? '',
    mountPath: asText(fields['mountPath'])?.replace(/(.)\/+$/, '$1') ?? '',
    // The API server takes an empty one for none.
    subPath: asText(fields[subPathField]) || undefined,
    subPathField,
    readOnly: asBoolean(fields['readOnly']) ?? false,
  };
}

/** The service account's volume is the platform's: its token changes without anybody's doing. */
export function isServiceAccountMount({ mountPath }: Mount): boolean {
  return isBelow(mountPath, SERVICE_ACCOUNT_PATH);
}

/** Paths that `items` give to keys, wherever in the volume they are; all that is known of its content. */
export function pathsIn(volume: unknown): string[] {
  if (Array.isArray(volume)) return volume.flatMap(pathsIn);
  const { items, ...others } = asRecord(volume);
  const paths = asList(items).flatMap((item) => asText(asRecord(item)['path']) ?? []);
  return [...paths, ...Object.values(others).flatMap(pathsIn)];
}

/** The mount that a path of the container lies in: the innermost. */
export function mountOf<Place extends Pick<Mount, 'mountPath'>>(
  file: string,
  mounts: readonly Place[],
): Place | undefined {
  return mounts
    .filter(({ mountPath }) => isBelow(file, mountPath))
    .toSorted((one, other) => other.mountPath.length - one.mountPath.length)[0];
}

function isBelow(file: string, directory: string): boolean {
  return file === directory || file.startsWith(directory === '/' ? '/' : `${directory}/`);
}
