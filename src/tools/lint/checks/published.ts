import type { RuleConfig } from '../../../config/load.ts';
import { asList, asNumber, asRecord } from '../../../system/plain.ts';
import type { Container } from '../../manifest/container.ts';
import { IMAGE_UID } from '../../manifest/conventions.ts';
import { asAdmitted } from '../../manifest/openshift.ts';
import { hasFilesystemGroup } from '../../manifest/platform.ts';
import { securityOf } from '../../manifest/pod.ts';
import { describeSize, leastSizeLimit, roomFor } from '../../manifest/published.ts';
import { actsOnProcess } from '../../manifest/needs.ts';
import { parseQuantity } from '../../manifest/resources.ts';
import { isSidecar } from '../../manifest/sidecar.ts';
import type { Volume } from '../../manifest/volume.ts';
import type { Check } from '../check.ts';
import { addMount, securityPath } from '../edits.ts';
import type { Found } from '../finding.ts';
import { sizesOf } from '../objects.ts';
import { findApps, isSame, rulesThat, type Subject } from '../subject.ts';
import { mountedSources, mountsOf, publishedVolume } from './publish-places.ts';

/** What the volume that is published must be like for its readers. */
export const publishedChecks: readonly Check[] = [
  {
    id: 'published-not-read',
    severity: 'error',
    summary: 'nobody mounts the volume that rehup publishes into',
    find: (subject) => eachVolume(subject).flatMap((one) => findUnread(subject, one)),
  },
  {
    id: 'published-writable',
    severity: 'warning',
    summary: 'the app may write into the published volume, and so what nobody has checked',
    find: (subject) =>
      eachVolume(subject).flatMap(({ volume }) =>
        readersOf(subject).flatMap((reader) =>
          mountsOf(reader, volume)
            .filter(({ readOnly }) => !readOnly)
            .map(({ path }) => ({
              path,
              message: `${reader.name} mounts the published volume ${volume.name} writable`,
              why: 'what it writes there was not checked, and is gone with the next content; rehup alone is to write it',
              remedies: [
                {
                  text: 'mount it read-only',
                  edits: [{ path: [...path, 'readOnly'], value: true }],
                },
              ],
            })),
        ),
      ),
  },
  {
    id: 'published-size-limit',
    severity: 'error',
    summary: 'the sizeLimit of the published volume has no room for three generations',
    find: (subject) => eachVolume(subject).flatMap((one) => findSmall(subject, one)),
  },
  {
    id: 'published-not-readable',
    severity: 'error',
    summary: 'the app may not read what rehup publishes',
    find: (subject) => eachVolume(subject).flatMap((one) => findClosed(subject, one)),
  },
];

type Into = { volume: Volume; rules: readonly RuleConfig[] };

/** Several rules may publish into directories of one volume. */
function eachVolume(subject: Subject): Into[] {
  const rules = rulesThat(subject, ({ publish }) => publish !== undefined);
  const volumes = new Set(
    rules.flatMap(({ settings }) => publishedVolume(subject, settings) ?? []),
  );
  return [...volumes].map((volume) => ({
    volume,
    rules: rules.filter(({ settings }) => publishedVolume(subject, settings) === volume),
  }));
}

/** All but rehup, and the one that publishes the first content. */
function readersOf({ pod, rehup }: Subject): Container[] {
  return pod.containers.filter((one) => one !== rehup && !isSidecar(one));
}

function findUnread(subject: Subject, { volume, rules }: Into): Found[] {
  const isRead = (reader: Container): boolean =>
    mountsOf(reader, volume).length > 0 || takesVariables(reader, volume);
  if (readersOf(subject).some(isRead)) return [];
  // Otherwise it is told that the target cannot be found, or that the source is mounted instead.
  const isTold = rules.some(
    ({ settings }) =>
      (actsOnProcess(settings) && settings.target.by === 'auto') ||
      mountedSources(subject, settings).some(({ volume: source }) =>
        findApps(subject).some((app) => mountsOf(app, source).length > 0),
      ),
  );
  const [app] = findApps(subject);
  const [rule] = rules;
  if (isTold || app === undefined || rule?.settings.publish === undefined) return [];
  const mount = { name: volume.name, mountPath: rule.settings.publish, readOnly: true };
  return [
    {
      path: volume.path,
      message: `rehup publishes into the volume ${volume.name}, and no other container mounts it`,
      why: 'what is published reaches only those that mount it',
      remedies: [
        {
          text: `mount it in ${app.name}, and let it read its configuration from there`,
          edits: addMount(subject, app, mount),
        },
      ],
    },
  ];
}

/** `fileKeyRef` reads a file of a volume that the container need not mount. */
function takesVariables({ value }: Container, { name }: Volume): boolean {
  return asList(value['env']).some(
    (variable) =>
      asRecord(asRecord(asRecord(variable)['valueFrom'])['fileKeyRef'])['volumeName'] === name,
  );
}

/** Of the objects that are among the manifests; those that are not count for nothing. */
function findSmall(subject: Subject, { volume, rules }: Into): Found[] {
  const { namespace } = subject.workload.object;
  const field = [...volume.path, 'emptyDir', 'sizeLimit'];
  const limit = parseQuantity(volume.sizeLimit);
  const references = rules.flatMap(({ settings }) => [
    ...mountedSources(subject, settings).flatMap((watched) => watched.volume.references),
    ...(settings.source ?? []).flatMap(({ kind, select }) =>
      'name' in select ? [{ kind, name: select.name }] : [],
    ),
  ]);
  const unique = references.filter(
    (one, index) => references.findIndex((other) => isSame(one, other)) === index,
  );
  const objects = unique.flatMap((one) => subject.objects.find(one, namespace) ?? []);
  const isCopied = rules.some(({ settings: { publishAs = [] } }) =>
    publishAs.some(({ form }) => form !== 'links'),
  );
  const needed = roomFor(objects.flatMap(sizesOf), isCopied);
  if (limit === undefined || limit >= needed) return [];
  const memory = volume.medium === 'Memory';
  return [
    {
      path: field,
      message: `the volume ${volume.name} has sizeLimit ${volume.sizeLimit}, and three generations of what is published take ${describeSize(needed)}`,
      why: memory
        ? 'where there is no room left, new content is not published'
        : 'the kubelet evicts a pod whose emptyDir is larger than that',
      remedies: [
        {
          text: 'give it room',
          edits: [{ path: field, value: leastSizeLimit(needed) }],
        },
      ],
    },
  ];
}

/** Files keep the modes of their source, and are rehup's and its group's, or of the group of the pod. */
function findClosed(subject: Subject, { volume, rules }: Into): Found[] {
  const { pod, rehup, platform } = subject;
  if (hasFilesystemGroup(asAdmitted(pod, platform))) return [];
  const owner = asNumber(securityOf(pod, rehup, 'runAsUser')) ?? IMAGE_UID;
  const modes = rules.flatMap(({ settings }) =>
    mountedSources(subject, settings).flatMap((watched) => watched.volume.modes),
  );
  const closed = modes.find((mode) => (mode & 0o004) === 0);
  if (closed === undefined) return [];
  return findApps(subject).flatMap((app) => {
    const uid = asNumber(securityOf(pod, app, 'runAsUser'));
    const [mount] = mountsOf(app, volume);
    if (uid === undefined || uid === owner || uid === 0 || mount === undefined) return [];
    return [
      {
        path: mount.path,
        message: `what is published has mode ${closed.toString(8).padStart(4, '0')} and is of uid ${owner}: ${app.name}, as uid ${uid}, cannot read it`,
        why: 'published files have the modes of their source, and belong to rehup',
        remedies: [
          {
            text: 'give the pod a group: published files are of that group, which may read them',
            edits: [{ path: securityPath(pod, 'fsGroup'), value: uid }],
          },
        ],
      },
    ];
  });
}
