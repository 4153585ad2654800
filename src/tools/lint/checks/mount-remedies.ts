import { nearest } from '../../../config/nearest.ts';
import type { Container } from '../../manifest/container.ts';
import { objectVolume, volumeName, watchedPath } from '../../manifest/conventions.ts';
import type { Edit } from '../../manifest/edit.ts';
import { findVolume } from '../../manifest/pod.ts';
import { isServiceAccountMount, isUpdated, type Mount, mountOf } from '../../manifest/volume.ts';
import { addMount, addVolume, changeSettings } from '../edits.ts';
import type { Remedy } from '../finding.ts';
import { findApps, type Subject } from '../subject.ts';

/** The nearest volume that there is. */
export function correctName(
  subject: Subject,
  mount: { name: string; path: Mount['path'] },
  names: string[],
): Remedy {
  if (names.length === 0) {
    const volume = { name: mount.name, configMap: { name: mount.name } };
    return { text: 'add the volume', edits: addVolume(subject, volume) };
  }
  const name = nearest(mount.name, names);
  return {
    text: `name the volume ${name}`,
    edits: [{ path: [...mount.path, 'name'], value: name }],
  };
}

/** The volumes of the apps; of an app that takes its configuration from its environment, the object. */
export function mountSomething(subject: Subject): Remedy {
  const { rehup, pod } = subject;
  const apps = findApps(subject);
  const mounts = apps.flatMap((app) =>
    app.mounts.filter((mount) => {
      const volume = findVolume(pod, mount.name);
      return volume !== undefined && isUpdated(volume) && !isServiceAccountMount(mount);
    }),
  );
  const [mount] = [...mounts.filter(({ subPath }) => subPath === undefined), ...mounts];
  if (mount !== undefined) {
    const { name, mountPath, subPath } = mount;
    const at = subPath === undefined ? mountPath : watchedPath(name);
    return {
      text: `mount the volume ${name} of the app in the rehup container, too`,
      edits: addMount(subject, rehup, { name, mountPath: at }),
    };
  }
  return watchEnvironment(subject, apps);
}

function watchEnvironment(subject: Subject, apps: readonly Container[]): Remedy {
  for (const app of apps) {
    const [reference] = [
      ...app.variablesFrom,
      ...app.variables.flatMap((variable) => variable.reference ?? []),
    ];
    if (reference === undefined) continue;
    const { kind, name } = reference;
    const volume = volumeName(name);
    const changes = { restart: 'container', target: `container:${app.name}` };
    return {
      text: `mount the ${kind} ${name} in the rehup container, and let it restart ${app.name}, which takes it from its environment`,
      edits: [
        ...addVolume(subject, objectVolume(kind, name)),
        ...addMount(subject, subject.rehup, { name: volume, mountPath: watchedPath(volume) }),
        ...(changeSettings(subject, { ...changes, signal: undefined, url: undefined }) ?? []),
      ],
    };
  }
  return {
    text: 'remove rehup: no container takes anything from a ConfigMap or Secret',
    edits: [],
  };
}

/** What the app has there, if it has something. */
export function mountThere(subject: Subject, path: string): Remedy[] {
  const { rehup } = subject;
  const mounts = findApps(subject).flatMap(({ mounts: theirs }) => mountOf(path, theirs) ?? []);
  const [mount] = mounts.filter(({ subPath }) => subPath === undefined);
  const unset: Edit[] | undefined = changeSettings(subject, { watch: undefined });
  if (mount === undefined) {
    return [{ text: 'leave REHUP_WATCH away: rehup watches what it mounts', edits: unset ?? [] }];
  }
  const { name, mountPath } = mount;
  return [
    {
      text: `mount the volume ${name} of the app there`,
      edits: addMount(subject, rehup, { name, mountPath }),
    },
  ];
}
