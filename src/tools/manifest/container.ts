import type { Path } from './path.ts';
import {
  asList,
  asNumber,
  asRecord,
  asText,
  isRecord,
  type PlainRecord,
} from '../../system/plain.ts';
import { type Mount, type ObjectReference, readMount } from './volume.ts';

/** `init` ends before the others start; `sidecar` is an init container that runs beside them. */
export type Role = 'app' | 'init' | 'sidecar';

export type Variable = {
  path: Path;
  name: string;
  /** As it is written in `value`: anything but text is a mistake. */
  value: unknown;
  /** What `valueFrom` names, such as `fieldRef`. */
  source: string | undefined;
  reference: (ObjectReference & { key: string }) | undefined;
};

export type Container = {
  path: Path;
  name: string;
  image: string | undefined;
  role: Role;
  command: readonly string[];
  args: readonly string[];
  mounts: readonly Mount[];
  variables: readonly Variable[];
  /** Objects of which every key becomes a variable. */
  variablesFrom: readonly (ObjectReference & { prefix: string })[];
  /** TCP ports that it declares. */
  ports: readonly { path: Path; port: number; name: string | undefined }[];
  security: PlainRecord;
  value: PlainRecord;
};

export function readContainer(item: unknown, path: Path, list: string): Container {
  const value = asRecord(item);
  const at =
    (key: string): ((_: unknown, index: number) => [unknown, Path]) =>
    (entry, index) => [entry, [...path, key, index]];
  return {
    path,
    name: asText(value['name']) ?? '',
    image: asText(value['image']),
    role: list === 'containers' ? 'app' : value['restartPolicy'] === 'Always' ? 'sidecar' : 'init',
    command: asList(value['command']).map(String),
    args: asList(value['args']).map(String),
    mounts: asList(value['volumeMounts'])
      .map(at('volumeMounts'))
      .map((one) => readMount(...one)),
    variables: asList(value['env'])
      .map(at('env'))
      .map((one) => readVariable(...one)),
    variablesFrom: asList(value['envFrom']).flatMap(readVariablesFrom),
    ports: asList(value['ports'])
      .map(at('ports'))
      .flatMap((one) => readPort(...one)),
    security: asRecord(value['securityContext']),
    value,
  };
}

function readVariable(item: unknown, path: Path): Variable {
  const { name, value, valueFrom } = asRecord(item);
  const [source, target] = Object.entries(asRecord(valueFrom))[0] ?? [];
  const kind = KINDS[source ?? ''];
  const { name: object, key } = asRecord(target);
  const isReference = kind !== undefined && typeof object === 'string' && typeof key === 'string';
  return {
    path,
    name: asText(name) ?? '',
    value,
    source,
    reference: isReference ? { kind, name: object, key } : undefined,
  };
}

const KINDS: Readonly<Record<string, ObjectReference['kind'] | undefined>> = {
  configMapKeyRef: 'ConfigMap',
  secretKeyRef: 'Secret',
  configMapRef: 'ConfigMap',
  secretRef: 'Secret',
};

function readVariablesFrom(item: unknown): Container['variablesFrom'] {
  const { prefix, ...sources } = asRecord(item);
  return Object.entries(sources).flatMap(([source, target]) => {
    const kind = KINDS[source];
    const name = isRecord(target) ? asText(target['name']) : undefined;
    return kind && name !== undefined ? [{ kind, name, prefix: asText(prefix) ?? '' }] : [];
  });
}

function readPort(item: unknown, path: Path): Container['ports'][number][] {
  const { containerPort, protocol, name } = asRecord(item);
  const port = asNumber(containerPort);
  if (port === undefined || (protocol !== undefined && protocol !== 'TCP')) return [];
  return [{ path, port, name: asText(name) }];
}

/** The wanted port, or the next one that no container declares: they share them. */
export function freePort(containers: readonly Container[], wanted: number): number {
  const taken = new Set(containers.flatMap(({ ports }) => ports.map(({ port }) => port)));
  let port = wanted;
  while (taken.has(port)) port += 1;
  return port;
}
