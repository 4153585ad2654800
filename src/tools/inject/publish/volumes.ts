import {
  PUBLISHED_PATH,
  PUBLISHED_VOLUME,
  volumeName,
  watchedPath,
} from '../../manifest/conventions.ts';
import type { Container } from '../../manifest/container.ts';
import type { Pod } from '../../manifest/pod.ts';
import { sizeLimitFor } from '../../manifest/published.ts';
import { isUpdated, type Mount, OPAQUE, type Volume } from '../../manifest/volume.ts';

/** A volume that rehup is to publish from, and the one that its readers get instead. */
export type Published = {
  source: Volume;
  /** Where rehup has the source. */
  watch: string;
  /** Name of the volume that is published, and where rehup has it. */
  name: string;
  publish: string;
};

/** For each of these volumes one of its own: readers have them at places of their own, too. */
export function namePublished(pod: Pod, sources: readonly Volume[]): Published[] {
  const taken = new Set(pod.volumes.map(({ name }) => name));
  return sources.map((source) => {
    const isOnly = sources.length === 1;
    const name = freeName(
      isOnly ? PUBLISHED_VOLUME : volumeName(`${PUBLISHED_VOLUME}-${source.name}`),
      taken,
    );
    taken.add(name);
    return {
      source,
      watch: watchedPath(source.name),
      name,
      publish: isOnly ? PUBLISHED_PATH : `${PUBLISHED_PATH}/${source.name}`,
    };
  });
}

/** That name, or one with a number behind it. */
export function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let count = 2; taken.has(name); count += 1) {
    name = `${wanted.slice(0, 63 - String(count).length - 1)}-${count}`;
  }
  return name;
}

/** Secrets stay in memory, as the kubelet has them. */
export function publishedVolume({ source, name }: Published, isUnpacked: boolean): object {
  const sizeLimit = sizeLimitFor(source.references.length, isUnpacked);
  return {
    name,
    emptyDir: { ...(source.isConfidential && { medium: 'Memory' }), sizeLimit },
  };
}

/** What somebody in the pod writes has to stay where it is written. */
export function isPublishable(volume: Volume): boolean {
  return isUpdated(volume) || (OPAQUE as readonly string[]).includes(volume.kind);
}

/** All mounts of a volume, with whose they are: whoever keeps one sees what is not let through. */
export function mountsOf(
  { containers }: Pod,
  { name }: Volume,
): { container: Container; mount: Mount }[] {
  return containers.flatMap((container) =>
    container.mounts.filter((mount) => mount.name === name).map((mount) => ({ container, mount })),
  );
}
