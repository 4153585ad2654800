import type { PodContainer, PodSpec, PodVolume, SourceReference } from './types.ts';

/** The objects that the kubelet writes into a volume. A projected volume may have several. */
export function sourcesOfVolume(volume: PodVolume): SourceReference[] {
  const { configMap, secret, projected } = volume;
  return [
    ...reference('ConfigMap', configMap?.name),
    ...reference('Secret', secret?.secretName),
    ...(projected?.sources ?? []).flatMap((source) => [
      ...reference('ConfigMap', source.configMap?.name),
      ...reference('Secret', source.secret?.name),
    ]),
  ];
}

/** The objects that a container's environment comes from: read at its start, and never again. */
function sourcesOfEnvironment({ env, envFrom }: PodContainer): SourceReference[] {
  return [
    ...(env ?? []).flatMap(({ valueFrom }) => [
      ...reference('ConfigMap', valueFrom?.configMapKeyRef?.name),
      ...reference('Secret', valueFrom?.secretKeyRef?.name),
    ]),
    ...(envFrom ?? []).flatMap(({ configMapRef, secretRef }) => [
      ...reference('ConfigMap', configMapRef?.name),
      ...reference('Secret', secretRef?.name),
    ]),
  ];
}

/** Every object that the pods of a template get content from, each once, in order of kind and name. */
export function sourcesOfPod(spec: PodSpec): SourceReference[] {
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  return unique([
    ...(spec.volumes ?? []).flatMap(sourcesOfVolume),
    ...containers.flatMap(sourcesOfEnvironment),
  ]);
}

export function sourceKey({ kind, name }: SourceReference): string {
  return `${kind}/${name}`;
}

function reference(kind: SourceReference['kind'], name: string | undefined): SourceReference[] {
  return name ? [{ kind, name }] : [];
}

/** Each once, in order of kind and name. */
export function unique(sources: readonly SourceReference[]): SourceReference[] {
  const byKey = new Map(sources.map((source) => [sourceKey(source), source]));
  return [...byKey.keys()].toSorted().flatMap((key) => byKey.get(key) ?? []);
}
