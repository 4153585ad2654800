import type { Settings } from '../../../config/options.ts';
import type { Container } from '../../manifest/container.ts';
import { findVolume } from '../../manifest/pod.ts';
import {
  isServiceAccountMount,
  isUpdated,
  type Mount,
  type Volume,
} from '../../manifest/volume.ts';
import { actsOnProcess, restarts } from '../../manifest/needs.ts';
import { addMount, changeSettings } from '../edits.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import {
  findApps,
  findIntended,
  findSeen,
  findTargets,
  isSame,
  readsEnvironmentFrom,
  rulesThat,
  type Subject,
  useOf,
  type Watched,
} from '../subject.ts';
import { asDirectory, mountIn, restartInstead } from './app-remedies.ts';

/** Whether the new content reaches the app. */
export const appChecks: readonly Check[] = [
  {
    id: 'app-mounts-sub-path',
    severity: 'error',
    summary: 'the app mounts the watched volume by subPath, and never sees an update',
    find: (subject) =>
      rulesThat(subject, (settings) => !restarts(settings)).flatMap(({ settings }) =>
        findIntended(subject, settings).flatMap(({ volume }) => {
          const apps = candidates(subject, settings);
          if (apps.some((app) => useOf(app, volume) === 'whole')) return [];
          return apps.flatMap((app) => subPathMounts(subject, app, volume));
        }),
      ),
  },
  {
    id: 'env-only',
    severity: 'error',
    summary: 'the app takes the ConfigMap or Secret from its environment only (envFrom, valueFrom)',
    find: (subject) =>
      rulesThat(subject, (settings) => !restarts(settings)).flatMap(({ settings }) =>
        findUnmounted(subject, settings).flatMap((watched) => {
          const readers = readersOf(subject, settings, watched);
          return readers.slice(0, 1).map((app) => envOnly(subject, app, watched));
        }),
      ),
  },
  {
    id: 'app-mounts-nothing',
    severity: 'error',
    summary: 'no app mounts the volume that rehup watches',
    find: (subject) =>
      rulesThat(subject, (settings) => actsOnProcess(settings) && settings.target.by === 'auto')
        .filter(({ settings }) => findTargets(subject, settings).length === 0)
        .flatMap(({ settings }) =>
          findUnmounted(subject, settings)
            .filter(
              (watched) => restarts(settings) || readersOf(subject, settings, watched).length === 0,
            )
            .slice(0, 1)
            .flatMap((watched) => notMounted(subject, settings, watched)),
        ),
  },
  {
    id: 'volume-not-watched',
    severity: 'note',
    summary: 'the app mounts a ConfigMap or Secret that rehup does not',
    find: (subject) => {
      const auto = rulesThat(subject, ({ watch }) => watch === 'auto');
      const apps = new Set(auto.flatMap(({ settings }) => wholeTargets(subject, settings)));
      const mounted = new Set(subject.rehup.mounts.map(({ name }) => name));
      return [...apps].flatMap((app) =>
        updatedMounts(subject, app)
          .filter(({ name }) => !mounted.has(name))
          .map((mount) => notWatched(subject, app, mount)),
      );
    },
  },
];

/** Who may be meant, whatever they mount. */
function candidates(subject: Subject, { target }: Settings): Container[] {
  const apps = findApps(subject);
  return target.by === 'container' ? apps.filter(({ name }) => name === target.name) : apps;
}

function wholeTargets(subject: Subject, settings: Settings): Container[] {
  const watched = findSeen(subject, settings);
  return candidates(subject, settings).filter((app) =>
    watched.some(({ volume }) => useOf(app, volume) === 'whole'),
  );
}

/** Watched volumes that no candidate mounts in any way. */
function findUnmounted(subject: Subject, settings: Settings): Watched[] {
  return findSeen(subject, settings).filter(
    ({ volume }) =>
      (isUpdated(volume) || settings.publish !== undefined) &&
      candidates(subject, settings).every((app) => useOf(app, volume) === 'none'),
  );
}

function readersOf(subject: Subject, settings: Settings, { volume }: Watched): Container[] {
  return candidates(subject, settings).filter((app) =>
    readsEnvironmentFrom(app, volume.references),
  );
}

function subPathMounts(subject: Subject, app: Container, { name }: Volume): Found[] {
  const mounts = app.mounts.filter((mount) => mount.name === name);
  return mounts.map((mount) => ({
    path: mount.path,
    message: `${app.name} mounts the volume ${name} by subPath: ${mount.subPath ?? ''}`,
    why: 'the kubelet binds a subPath to one file when the container starts, and never updates it (kubernetes issue 50345)',
    remedies: [asDirectory(mount), ...restartInstead(subject, app)],
  }));
}

function envOnly(subject: Subject, app: Container, { mount, volume }: Watched): Found {
  const [reference] = volume.references.filter((one) => readsEnvironmentFrom(app, [one]));
  const object = reference === undefined ? volume.name : `${reference.kind} ${reference.name}`;
  return {
    path: app.path,
    message: `${app.name} takes the ${object} from its environment, and does not mount it`,
    why: 'environment variables are set when a container starts, and never change while it runs',
    remedies: [...restartInstead(subject, app), mountIn(subject, app, mount)],
  };
}

function notMounted(subject: Subject, settings: Settings, watched: Watched): Found[] {
  const { mount, volume } = watched;
  const apps = findApps(subject);
  const [reader = apps[0]] = readersOf(subject, settings, watched);
  if (reader === undefined) return [];
  const twin = findTwin(subject, apps, volume);
  const named = changeSettings(subject, { target: `container:${reader.name}` }) ?? [];
  const nameIt = { text: `name the app: container:${reader.name}`, edits: named };
  const mountTwin = twin !== undefined && {
    text: `mount the volume ${twin} of the app in the rehup container: two volumes of one object are two volumes`,
    edits: [{ path: [...mount.path, 'name'], value: twin }],
  };
  const others = restarts(settings) ? [nameIt] : [mountIn(subject, reader, mount)];
  return [
    {
      path: mount.path,
      message: `rehup watches the volume ${volume.name}, which no app mounts`,
      why: 'with REHUP_TARGET=auto the app is the container that mounts the same volume: here it is none (no-target)',
      remedies: mountTwin === false ? others : [mountTwin],
    },
  ];
}

/** Another volume of the same object, which an app mounts. */
function findTwin(
  { pod }: Subject,
  apps: readonly Container[],
  volume: Volume,
): string | undefined {
  return pod.volumes.find(
    (other) =>
      other.name !== volume.name &&
      other.references.some((one) => volume.references.some((two) => isSame(one, two))) &&
      apps.some((app) => useOf(app, other) === 'whole'),
  )?.name;
}

function updatedMounts({ pod }: Subject, app: Container): Mount[] {
  return app.mounts.filter((mount) => {
    const volume = findVolume(pod, mount.name);
    const isWhole = mount.subPath === undefined && !isServiceAccountMount(mount);
    return isWhole && volume !== undefined && isUpdated(volume);
  });
}

function notWatched(subject: Subject, app: Container, { name, mountPath, path }: Mount): Found {
  return {
    path,
    message: `${app.name} mounts the volume ${name}, which rehup does not: its changes are not seen`,
    why: 'rehup sees changes in its own mounts only',
    remedies: [
      {
        text: 'mount it in the rehup container, too, if the app is to be told of its changes',
        edits: addMount(subject, subject.rehup, { name, mountPath }),
      },
    ],
  };
}
