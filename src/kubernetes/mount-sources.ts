import { sourcesOfVolume, unique } from './sources.ts';
import type { PodContainer, PodSpec, SourceReference } from './types.ts';

/** A mount of this container, as its mount table shows it. */
export type OwnMount = {
  path: string;
  /** The volume's name in the pod spec, where the mount table tells. */
  volumeName?: string | undefined;
};

/**
 * Mount path → the objects behind it. A volume whose name is known is looked up. For the others, the
 * container must be known, which cannot be told for sure from inside: it is the one that mounts most
 * of these paths. Where several do, from different volumes, the objects of all of them are taken: to
 * watch one too many does no harm.
 *
 * @param resolve Follows links in a path of the spec, as the runtime does: `/var/run` is `/run`.
 */
export function sourcesOfMounts(
  spec: PodSpec,
  mounts: readonly OwnMount[],
  resolve: (path: string) => string = (path) => path,
): ReadonlyMap<string, readonly SourceReference[]> {
  const containers = [...spec.containers, ...(spec.initContainers ?? [])].map((container) =>
    placesOf(container, resolve),
  );
  const isAt = ({ path, volumeName }: OwnMount, place: Place): boolean =>
    place.path === path && (volumeName === undefined || place.volume === volumeName);
  const scores = containers.map(
    (places) => mounts.filter((mount) => places.some((place) => isAt(mount, place))).length,
  );
  const best = Math.max(...scores);
  const ours = containers.filter((_, index) => scores[index] === best).flat();
  return new Map(
    mounts.map((mount) => {
      const found = ours.filter((place) => isAt(mount, place)).map(({ volume }) => volume);
      const names = new Set(mount.volumeName === undefined ? found : [mount.volumeName]);
      const volumes = (spec.volumes ?? []).filter(({ name }) => names.has(name));
      return [mount.path, unique(volumes.flatMap(sourcesOfVolume))];
    }),
  );
}

type Place = { path: string; volume: string };

/** Volumes that are mounted whole: what is mounted by `subPath` never changes. */
function placesOf({ volumeMounts = [] }: PodContainer, resolve: (path: string) => string): Place[] {
  return volumeMounts.flatMap(({ name, mountPath, subPath, subPathExpr }) =>
    subPath || subPathExpr
      ? []
      : [{ path: resolve(mountPath.replace(/(?<=.)\/+$/, '')), volume: name }],
  );
}
