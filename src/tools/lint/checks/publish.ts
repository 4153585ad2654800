import type { RuleConfig } from '../../../config/load.ts';
import { compileGlob } from '../../../config/glob.ts';
import type { Settings } from '../../../config/options.ts';
import type { Container } from '../../manifest/container.ts';
import { findVolume } from '../../manifest/pod.ts';
import { isReloader, isSidecar } from '../../manifest/sidecar.ts';
import { type Mount, mountOf } from '../../manifest/volume.ts';
import { addMount, addVolume, changeSettings } from '../edits.ts';
import { restartInstead } from './app-remedies.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import { findApps, rulesThat, type Subject } from '../subject.ts';
import { mountedSources, mountsOf, publishedVolume } from './publish-places.ts';

/** Whether the app sees what is published, and nothing else. */
export const publishChecks: readonly Check[] = [
  {
    id: 'publish-not-mounted',
    severity: 'error',
    summary: 'REHUP_PUBLISH is in no volume of the rehup container that it may write',
    find: (subject) =>
      publishing(subject).flatMap(({ settings: { publish } }) => {
        const mount = mountOf(publish, subject.rehup.mounts);
        const volume = mount && findVolume(subject.pod, mount.name);
        if (mount && !mount.readOnly && volume?.kind === 'emptyDir') return [];
        return [notMounted(subject, publish, mount)];
      }),
  },
  {
    id: 'app-bypasses-publish',
    severity: 'error',
    summary: 'the app mounts the source itself, and so what is not let through',
    find: (subject) =>
      publishing(subject).flatMap(({ settings }) =>
        mountedSources(subject, settings).flatMap(({ volume }) =>
          findReaders(subject).flatMap((app) =>
            mountsOf(app, volume).map((mount) => bypasses(subject, app, mount, settings)),
          ),
        ),
      ),
  },
  {
    id: 'published-by-sub-path',
    severity: 'error',
    summary: 'the app mounts a published key by subPath, and that key is replaced at each update',
    find: (subject) =>
      publishing(subject).flatMap(({ settings }) => {
        const volume = publishedVolume(subject, settings);
        if (volume === undefined) return [];
        return findReaders(subject).flatMap((app) =>
          mountsOf(app, volume)
            .filter(({ subPath }) => subPath !== undefined && !staysSame(settings, subPath))
            .map((mount) => bySubPath(subject, app, mount)),
        );
      }),
  },
  {
    id: 'in-place-without-signal',
    severity: 'error',
    summary: 'a key is written over in place, and the app is not told afterwards',
    find: (subject) =>
      publishing(subject)
        .filter(({ settings: { action, publishAs = [] } }) =>
          action === 'none' ? publishAs.some(({ form }) => form === 'in-place') : false,
        )
        .map(() => ({
          path: variablePath(subject, 'REHUP_ACTION'),
          message: 'REHUP_PUBLISH_AS writes a key in place, and REHUP_ACTION=none tells nobody',
          why: 'an app that reads it in the middle of the write has one half of it, and is never told to read it again',
          remedies: [
            { text: 'tell the app', edits: changeSettings(subject, { action: undefined }) ?? [] },
          ],
        })),
  },
  {
    id: 'env-without-restart',
    severity: 'error',
    summary: 'a key is published as environment variables, and the container is not restarted',
    find: (subject) =>
      publishing(subject)
        .filter(({ settings: { restart, publishAs = [] } }) =>
          restart === 'container' ? false : publishAs.some(({ form }) => form === 'env'),
        )
        .map(({ settings }) => ({
          path: variablePath(subject, 'REHUP_PUBLISH_AS'),
          message: 'REHUP_PUBLISH_AS publishes environment variables, and nothing restarts the app',
          why: 'the kubelet reads them when a container starts (fileKeyRef), and never while it runs',
          remedies: findApps(subject)
            .filter(
              ({ name }) => settings.target.by !== 'container' || settings.target.name === name,
            )
            .flatMap((app) => restartInstead(subject, app)),
        })),
  },
  {
    id: 'secret-published-on-disk',
    severity: 'warning',
    summary: 'a Secret is published into an emptyDir on the disk of the node',
    find: (subject) =>
      publishing(subject).flatMap(({ settings }) => {
        const volume = publishedVolume(subject, settings);
        const sources = mountedSources(subject, settings);
        const isSecret =
          sources.some((watched) => watched.volume.isConfidential) ||
          settings.source?.some(({ kind }) => kind === 'Secret') === true;
        if (volume?.kind !== 'emptyDir' || volume.medium === 'Memory' || !isSecret) return [];
        return [
          {
            path: volume.path,
            message: `a Secret is published into the volume ${volume.name}, which is on the disk of the node`,
            why: 'the kubelet keeps Secrets in memory: on a disk they outlive the pod where nobody looks',
            remedies: [
              {
                text: 'keep it in memory',
                edits: [{ path: [...volume.path, 'emptyDir', 'medium'], value: 'Memory' }],
              },
            ],
          },
        ];
      }),
  },
];

/** Init containers read it, too; other reloaders tell of it, and rehup once publishes it. */
function findReaders({ pod, rehup }: Subject): Container[] {
  return pod.containers.filter((one) => one !== rehup && !isReloader(one) && !isSidecar(one));
}

type Publishing = RuleConfig & { settings: Settings & { publish: string } };

function publishing(subject: Subject): Publishing[] {
  return rulesThat(subject, ({ publish }) => publish !== undefined) as Publishing[];
}

function staysSame({ publishAs = [] }: Settings, key: string): boolean {
  return publishAs.find(({ glob }) => compileGlob(glob)(key))?.form === 'in-place';
}

/** The name that `rehup inject --publish` gives it. */
const VOLUME = 'rehup-published';

function notMounted(subject: Subject, publish: string, mount: Mount | undefined): Found {
  const writable =
    mount?.readOnly === true && findVolume(subject.pod, mount.name)?.kind === 'emptyDir';
  return {
    path: mount?.path ?? variablePath(subject, 'REHUP_PUBLISH'),
    message: writable
      ? `rehup mounts the volume of REHUP_PUBLISH ${publish} read-only`
      : `REHUP_PUBLISH ${publish} is in no emptyDir of the rehup container`,
    why: 'what rehup publishes there is what the app mounts: both need the same emptyDir, and rehup writes it',
    remedies: [
      writable
        ? {
            text: 'mount it writable',
            edits: [{ path: [...mount.path, 'readOnly'], value: false }],
          }
        : {
            text: 'mount an emptyDir there, and in the app',
            edits: [
              ...addVolume(subject, { name: VOLUME, emptyDir: {} }),
              ...addMount(subject, subject.rehup, { name: VOLUME, mountPath: publish }),
            ],
          },
    ],
  };
}

function bypasses(subject: Subject, app: Container, mount: Mount, settings: Settings): Found {
  const published = publishedVolume(subject, settings);
  return {
    path: mount.path,
    message: `${app.name} mounts the volume ${mount.name}, which rehup publishes from`,
    why: 'what is invalid is in that volume at once: the app reads it at its next start',
    remedies:
      published === undefined
        ? []
        : [
            {
              text: `mount the volume ${published.name} there instead`,
              edits: [{ path: [...mount.path, 'name'], value: published.name }],
            },
          ],
  };
}

function bySubPath(subject: Subject, app: Container, mount: Mount): Found {
  const key = mount.subPath ?? '';
  return {
    path: mount.path,
    message: `${app.name} mounts ${key} of the published volume by subPath`,
    why: 'a mount by subPath is bound to one file; only a file that is written in place stays the same',
    remedies: [
      {
        text: 'write that key in place',
        edits: changeSettings(subject, { publishAs: `${key}=in-place` }) ?? [],
      },
      {
        text: 'mount the whole volume',
        edits: [{ path: [...mount.path, mount.subPathField], remove: true }],
      },
    ],
  };
}

function variablePath({ settings, rehup }: Subject, name: string): readonly (string | number)[] {
  return settings.written.environment.origins.get(name)?.valuePath ?? rehup.path;
}
