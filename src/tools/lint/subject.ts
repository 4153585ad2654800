import type { Settings } from '../../config/options.ts';
import type { RuleConfig } from '../../config/load.ts';
import type { Container } from '../manifest/container.ts';
import { findVolume, type Pod } from '../manifest/pod.ts';
import type { Platform } from '../manifest/openshift.ts';
import type { Workload } from '../manifest/workload.ts';
import { isReloader } from '../manifest/sidecar.ts';
import {
  isServiceAccountMount,
  isUpdated,
  type Mount,
  mountOf,
  type ObjectReference,
  type Volume,
} from '../manifest/volume.ts';
import type { ObjectIndex } from './objects.ts';
import type { SidecarSettings } from './settings/read.ts';

/** A workload with rehup, as the checks see it. */
export type Subject = {
  workload: Workload;
  pod: Pod;
  rehup: Container;
  /** The containers that run beside rehup. */
  others: readonly Container[];
  settings: SidecarSettings;
  objects: ObjectIndex;
  /** Minor version of Kubernetes 1, where it is given. */
  kubernetes: number | undefined;
  platform?: Platform | undefined;
};

/** A volume that rehup watches, and where. */
export type Watched = { mount: Mount; volume: Volume };

/** Where the content comes from the API, rehup watches the directory that it writes itself. */
export function watchOf({ watch, source, publish }: Settings): Settings['watch'] {
  return source === undefined || publish === undefined ? watch : [publish];
}

/** Beside it, the next content is watched where it is mounted. */
function nextOf({ canary }: Settings): string[] {
  return canary !== undefined && 'path' in canary ? [canary.path] : [];
}

/** What a rule watches, as the daemon would find it. */
export function findWatched(subject: Subject, ofRule: Settings): Watched[] {
  const { rehup, settings } = subject;
  const watch = watchOf(ofRule);
  if (watch !== 'auto') {
    const paths = [...watch, ...nextOf(ofRule)];
    const mounts = new Set(paths.flatMap((path) => mountOf(path, rehup.mounts) ?? []));
    return [...mounts].flatMap((mount) => withVolume(subject, mount));
  }
  const configFile = settings.global?.config;
  return rehup.mounts
    .filter((mount) => !isServiceAccountMount(mount))
    .filter(({ mountPath }) => !configFile?.startsWith(`${mountPath}/`))
    .flatMap((mount) => withVolume(subject, mount))
    .filter(({ volume }) => isUpdated(volume));
}

/** What the app is to mount: what is watched, or what is published of it. */
export function findSeen(subject: Subject, settings: Settings): Watched[] {
  const { publish } = settings;
  if (publish === undefined) return findWatched(subject, settings);
  const mount = mountOf(publish, subject.rehup.mounts);
  return mount === undefined ? [] : withVolume(subject, mount);
}

/** The same; where rehup mounts nothing yet, what it will mount: the configuration of the apps. */
export function findIntended(subject: Subject, settings: Settings): Watched[] {
  if (settings.publish !== undefined) return [];
  const watched = findWatched(subject, settings);
  if (watched.length > 0 || watchOf(settings) !== 'auto') return watched;
  const mounts = findApps(subject).flatMap((app) => app.mounts);
  return mounts
    .filter((mount) => !isServiceAccountMount(mount))
    .flatMap((mount) => withVolume(subject, mount))
    .filter(({ volume }) => volume.isConfiguration);
}

function withVolume({ pod }: Subject, mount: Mount): Watched[] {
  const volume = findVolume(pod, mount.name);
  return volume === undefined ? [] : [{ mount, volume }];
}

/** How a container has a volume: as a directory that follows updates, or by `subPath`. */
export function useOf({ mounts }: Container, { name }: Volume): 'whole' | 'subPath' | 'none' {
  const same = mounts.filter((mount) => mount.name === name);
  if (same.some(({ subPath }) => subPath === undefined)) return 'whole';
  return same.length > 0 ? 'subPath' : 'none';
}

/** Whether the container's environment comes from one of these objects. */
export function readsEnvironmentFrom(
  { variables, variablesFrom }: Container,
  references: readonly ObjectReference[],
): boolean {
  const taken = [...variables.flatMap(({ reference }) => reference ?? []), ...variablesFrom];
  return taken.some((one) => references.some((other) => isSame(one, other)));
}

export function isSame(one: ObjectReference, other: ObjectReference): boolean {
  return one.kind === other.kind && one.name === other.name;
}

/** The containers that could be the app: other reloaders never are. */
export function findApps({ others }: Subject): Container[] {
  return others.filter((container) => !isReloader(container));
}

/** Those that a rule acts on, as far as the manifest tells; of `auto`, all that it may be. */
export function findTargets(subject: Subject, settings: Settings): Container[] {
  const { target } = settings;
  const apps = findApps(subject);
  if (target.by === 'container') return apps.filter(({ name }) => name === target.name);
  if (target.by !== 'auto') return apps;
  const watched = findSeen(subject, settings);
  return apps.filter((app) => watched.some(({ volume }) => useOf(app, volume) !== 'none'));
}

/** The rules for which something holds. */
export function rulesThat(
  { settings: { rules } }: Subject,
  holds: (settings: Settings) => boolean,
): RuleConfig[] {
  return rules.filter(({ settings }) => holds(settings));
}
