import { watchedPath } from '../../manifest/conventions.ts';
import { findVolume } from '../../manifest/pod.ts';
import { isUpdated, type Mount, mountOf, type Volume } from '../../manifest/volume.ts';
import { changeSettings } from '../edits.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import { correctName, mountSomething, mountThere } from './mount-remedies.ts';
import { findApps, findWatched, type Subject, useOf, watchOf } from '../subject.ts';

/** Whether rehup sees the volumes. */
export const mountChecks: readonly Check[] = [
  {
    id: 'unknown-volume',
    severity: 'error',
    summary: 'rehup mounts a volume that the pod does not have',
    find: (subject) => {
      const { pod, rehup } = subject;
      const names = pod.volumes.map(({ name }) => name);
      return rehup.mounts
        .filter(({ name }) => !names.includes(name))
        .map(({ name, path }) => ({
          path: [...path, 'name'],
          message: `rehup mounts the volume ${name}, which is not among the volumes of the pod`,
          why: 'the API server refuses the pod',
          remedies: [correctName(subject, { name, path }, names)],
        }));
    },
  },
  {
    id: 'volume-not-mounted',
    severity: 'error',
    summary: 'rehup mounts no volume that it could watch',
    find: (subject) => {
      if (!watchesNothing(subject) || sharedVolumes(subject).length > 0) return [];
      const { rehup } = subject;
      return [
        {
          path: [...rehup.path, 'volumeMounts'],
          message:
            'no ConfigMap, Secret, projected or downwardAPI volume is mounted in the rehup container',
          why: 'rehup sees changes in its own mounts; without one it leaves with exit code 3',
          remedies: [mountSomething(subject)],
        },
      ];
    },
  },
  {
    id: 'not-kubelet-volume',
    severity: 'error',
    summary:
      'the volume that rehup shares with the app is none that it finds by itself (emptyDir, hostPath, …)',
    find: (subject) => {
      if (!watchesNothing(subject)) return [];
      const [shared] = sharedVolumes(subject);
      if (shared === undefined) return [];
      const { mount, volume } = shared;
      return [
        {
          path: mount.path,
          message: `the volume ${volume.name} is of the kind ${volume.kind}: rehup does not watch it by itself`,
          why: 'by itself rehup watches what the kubelet updates: ConfigMaps, Secrets, projected and downwardAPI volumes; a directory that something else writes must be named',
          remedies: [
            {
              text: 'name the directory',
              edits: changeSettings(subject, { watch: mount.mountPath }) ?? [],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'watch-path-not-mounted',
    severity: 'error',
    summary: 'REHUP_WATCH names a path that is in no volume of the rehup container',
    find: (subject) => {
      const { rehup, settings } = subject;
      const paths = settings.rules.flatMap(({ settings: { watch } }) =>
        watch === 'auto' ? [] : watch,
      );
      return [...new Set(paths)]
        .filter((path) => mountOf(path, rehup.mounts) === undefined)
        .map((path) => ({
          path: settings.written.environment.origins.get('REHUP_WATCH')?.valuePath ?? rehup.path,
          message: `REHUP_WATCH names ${path}, which is in no volume of the rehup container`,
          why: 'what is in the image never changes',
          remedies: mountThere(subject, path),
        }));
    },
  },
  {
    id: 'volume-by-sub-path',
    severity: 'error',
    summary: 'rehup itself mounts the volume by subPath, and never sees an update',
    find: (subject) => {
      const watched = subject.settings.rules.flatMap(({ settings }) =>
        findWatched(subject, settings),
      );
      const mounts = new Set(watched.map(({ mount }) => mount));
      return [...mounts].flatMap((mount) =>
        mount.subPath === undefined ? [] : [bySubPath(subject, mount, mount.subPath)],
      );
    },
  },
];

function watchesNothing(subject: Subject): boolean {
  const { rules } = subject.settings;
  return rules.some(
    ({ settings }) => watchOf(settings) === 'auto' && findWatched(subject, settings).length === 0,
  );
}

/** What rehup and an app both mount, and the kubelet does not update. */
function sharedVolumes(subject: Subject): { mount: Mount; volume: Volume }[] {
  const { pod, rehup, settings } = subject;
  const own = [settings.global?.stateDir, ...settings.rules.map((rule) => rule.settings.publish)];
  return rehup.mounts.flatMap((mount) => {
    const volume = findVolume(pod, mount.name);
    const isShared =
      volume !== undefined &&
      !isUpdated(volume) &&
      !own.includes(mount.mountPath) &&
      findApps(subject).some((app) => useOf(app, volume) === 'whole');
    return isShared ? [{ mount, volume }] : [];
  });
}

function bySubPath(subject: Subject, mount: Mount, subPath: string): Found {
  const { settings } = subject;
  const mountPath = watchedPath(mount.name);
  const isListed = settings.rules.some((rule) => watchOf(rule.settings) !== 'auto');
  const changes = { include: subPath, ...(isListed && { watch: mountPath }) };
  return {
    path: mount.path,
    message: `rehup mounts the volume ${mount.name} by subPath: ${subPath}`,
    why: 'the kubelet binds a subPath to one file when the container starts, and never updates it (kubernetes issue 50345)',
    remedies: [
      {
        text: 'mount the whole volume, and name the key',
        edits: [
          { path: [...mount.path, 'mountPath'], value: mountPath },
          ...(changeSettings(subject, changes) ?? []),
          { path: [...mount.path, mount.subPathField], remove: true },
        ],
      },
    ],
  };
}
