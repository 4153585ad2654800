import { isRecord } from '../../src/system/plain.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Of the image of rehup. */
const IMAGE_UID = 65_532;

/**
 * Why the kubelet would not start a container of this pod spec, by its users alone: runAsNonRoot holds
 * for each container that does not say otherwise (CreateContainerConfigError).
 */
export function findUnstartable(pod: Fields): string[] {
  const containers = [pod['initContainers'], pod['containers']].flatMap((list) =>
    Array.isArray(list) ? list.filter(isRecord) : [],
  );
  return containers.flatMap((container) => {
    const setting = (name: string): unknown =>
      fields(container['securityContext'])[name] ?? fields(pod['securityContext'])[name];
    const isRoot = (setting('runAsUser') ?? IMAGE_UID) === 0;
    return isRoot && setting('runAsNonRoot') === true
      ? [`${String(container['name'])}: container has runAsNonRoot and image will run as root`]
      : [];
  });
}

function fields(value: unknown): Fields {
  return isRecord(value) ? value : {};
}
