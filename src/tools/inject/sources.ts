import type { Settings } from '../../config/options.ts';
import type { Container } from '../manifest/container.ts';
import { volumeName, watchedPath } from '../manifest/conventions.ts';
import { closedMode } from '../manifest/modes.ts';
import { restarts } from '../manifest/needs.ts';
import { hidesOwnFiles } from '../manifest/own-files.ts';
import { findVolume, type Pod } from '../manifest/pod.ts';
import { isReloader } from '../manifest/sidecar.ts';
import {
  isServiceAccountMount,
  isUpdated,
  type Mount,
  type ObjectReference,
} from '../manifest/volume.ts';

/** A volume for rehup to mount, and what follows from it. */
export type Source = {
  name: string;
  mountPath: string;
  /** The kubelet updates it: rehup watches it by itself. */
  isUpdated: boolean;
  /** Where the app has it, if files of rehup are there. */
  movedFrom?: string;
  /** The object of a volume that the pod does not have yet. */
  object?: ObjectReference;
  /** The container that takes that object from its environment. */
  reader?: string;
};

/** The containers that may be the app. Init containers have ended when it runs. */
export function findApps({ containers }: Pod, name: string | undefined): Container[] {
  return containers.filter(
    (container) =>
      container.role !== 'init' &&
      !isReloader(container) &&
      (name === undefined || container.name === name),
  );
}

type Choice = {
  volumes: readonly string[] | undefined;
  settings: Settings;
  /** As which rehup runs, where that is known. */
  uid: number | undefined;
};

/**
 * The volumes that the apps mount: those that are named, otherwise every one of a ConfigMap or
 * Secret that can be reloaded. A restart helps where they are mounted by `subPath`, too, and where
 * their objects are in the environment.
 */
export function findSources(pod: Pod, apps: readonly Container[], choice: Choice): Source[] {
  const mounts = apps
    .flatMap(({ mounts: theirs }) => theirs)
    .filter((mount) => isChosen(pod, mount, choice));
  // What is mounted as a whole anywhere is mounted so.
  const ordered = [isFree, isWhole, () => true].flatMap((test) => mounts.filter(test));
  const sources = new Map<string, Source>();
  for (const mount of ordered) {
    if (sources.has(mount.name)) continue;
    const isTaken = [...sources.values()].some(({ mountPath }) => mountPath === mount.mountPath);
    const volume = findVolume(pod, mount.name);
    sources.set(mount.name, {
      name: mount.name,
      mountPath: isFree(mount) && !isTaken ? mount.mountPath : watchedPath(mount.name),
      ...(hidesOwnFiles(mount.mountPath) && { movedFrom: mount.mountPath }),
      isUpdated: volume !== undefined && isUpdated(volume),
    });
  }
  if (sources.size > 0 || choice.volumes || !restarts(choice.settings)) {
    return [...sources.values()];
  }
  return readEnvironment(pod, apps);
}

/** It can be mounted in rehup where it is in the app. */
function isFree(mount: Mount): boolean {
  return isWhole(mount) && !hidesOwnFiles(mount.mountPath);
}

function isWhole({ subPath }: Mount): boolean {
  return subPath === undefined;
}

function isChosen(pod: Pod, mount: Mount, choice: Choice): boolean {
  const { volumes, settings } = choice;
  if (modeAgainst(pod, mount, choice) !== undefined) return false;
  if (volumes !== undefined) return volumes.includes(mount.name);
  return isObject(pod, mount) && (isWhole(mount) || restarts(settings));
}

/** Files that rehup may not read keep it from starting: it never gets ready. */
function modeAgainst(pod: Pod, { name }: Mount, { uid }: Choice): string | undefined {
  const volume = findVolume(pod, name);
  return volume && closedMode(pod, volume, uid);
}

/** The volumes that the apps mount, and rehup could not read. */
export function findClosed(pod: Pod, apps: readonly Container[], choice: Choice): string[] {
  const closed = apps.flatMap(({ mounts }) =>
    mounts.flatMap((mount) => {
      const mode = modeAgainst(pod, mount, choice);
      const isWanted = choice.volumes?.includes(mount.name) ?? isObject(pod, mount);
      return mode === undefined || !isWanted ? [] : [`${mount.name} (mode ${mode})`];
    }),
  );
  return [...new Set(closed)];
}

function isObject(pod: Pod, mount: Mount): boolean {
  const volume = findVolume(pod, mount.name);
  return volume?.isConfiguration === true && !isServiceAccountMount(mount);
}

/** What keeps rehup from being added, where there is nothing to watch. */
export function explainNone(pod: Pod, apps: readonly Container[], choice: Choice): string {
  const { volumes } = choice;
  if (volumes !== undefined) return `mounts no volume ${volumes.join(', ')}`;
  const restart = 'add --env REHUP_RESTART=container to have the container restarted instead';
  if (apps.some(({ mounts }) => mounts.some((mount) => isObject(pod, mount)))) {
    return `mounts its ConfigMaps and Secrets by subPath, which never updates; ${restart}`;
  }
  return apps.some((app) => referencesOf(app).length > 0)
    ? `takes its ConfigMaps and Secrets from the environment, which never changes; ${restart}`
    : 'mounts no ConfigMap or Secret';
}

function referencesOf({ variables, variablesFrom }: Container): ObjectReference[] {
  const references = [...variablesFrom, ...variables.flatMap(({ reference }) => reference ?? [])];
  const named = references.map(({ kind, name }) => [`${kind} ${name}`, { kind, name }] as const);
  return [...new Map(named).values()];
}

/** Objects of the first app that takes any from its environment, as volumes of the pod. */
function readEnvironment({ volumes }: Pod, apps: readonly Container[]): Source[] {
  const app = apps.find((one) => referencesOf(one).length > 0);
  if (app === undefined) return [];
  const taken = new Set(volumes.map(({ name }) => name));
  return referencesOf(app).map((object) => {
    const name = freeName(object, taken);
    taken.add(name);
    return { name, mountPath: watchedPath(name), isUpdated: true, object, reader: app.name };
  });
}

/** A ConfigMap and a Secret may have the same name, volumes of a pod may not. */
function freeName({ kind, name }: ObjectReference, taken: ReadonlySet<string>): string {
  const candidates = [name, `${kind.toLowerCase()}-${name}`, `rehup-${kind.toLowerCase()}-${name}`];
  const names = candidates.map(volumeName);
  return names.find((one) => !taken.has(one)) ?? volumeName(name);
}
