import { parsePercent, PERCENT_KEY } from '../../../config/canary.ts';
import type { RuleConfig } from '../../../config/load.ts';
import type { Settings } from '../../../config/options.ts';
import type { ManifestObject } from '../../manifest/object.ts';
import { append } from '../../manifest/edit.ts';
import { findVolume } from '../../manifest/pod.ts';
import { sharesNetwork } from '../../manifest/platform.ts';
import { isUpdated, mountOf, type ObjectReference } from '../../manifest/volume.ts';
import { addMount, addVolume, changeSettings } from '../edits.ts';
import type { Found } from '../finding.ts';
import type { Check } from '../check.ts';
import { keysOf, readKey } from '../objects.ts';
import { findWatched, isSame, rulesThat, type Subject, type Watched } from '../subject.ts';

/** Whether there are two sources, and something that says for whom the second one is. */
export const canaryChecks: readonly Check[] = [
  {
    id: 'canary-sources',
    severity: 'error',
    summary: 'REHUP_CANARY needs one stable volume, and the next one where it says',
    find: (subject) =>
      mounted(subject).flatMap(({ path, next, stable }) => {
        if (next === undefined) return [notMounted(subject, path)];
        return stable.length === 1 ? [] : [notOneStable(subject, stable)];
      }),
  },
  {
    id: 'canary-same-object',
    severity: 'error',
    summary: 'stable and next are the same object',
    find: (subject) =>
      mounted(subject).flatMap(({ next, stable }) => {
        const others = stable.flatMap(({ volume }) => volume.references);
        const same = next?.volume.references.find((one) =>
          others.some((other) => isSame(one, other)),
        );
        return next && same ? [sameObject(next, same)] : [];
      }),
  },
  {
    id: 'canary-percent',
    severity: 'warning',
    summary: 'the next object does not say for how many percent of the pods it is',
    find: (subject) =>
      nextObjects(subject).flatMap((object) => {
        const isThere = keysOf(object).includes(PERCENT_KEY);
        if (keysOf(object).length === 0) return [];
        const text = readKey(object, PERCENT_KEY);
        // Of a Secret nothing is read.
        if (isThere && (text === undefined || parsePercent(text) !== undefined)) return [];
        return [noPercent(object, isThere)];
      }),
  },
  {
    id: 'canary-without-pod-name',
    severity: 'error',
    summary: 'on the network of the node, all its pods have one host name, and so one place',
    find: (subject) => {
      const { rehup, pod } = subject;
      const isNamed = rehup.variables.some(({ name }) => name === 'POD_NAME');
      if (isNamed || !sharesNetwork(pod) || canaries(subject).length === 0) return [];
      return [withoutName(subject)];
    },
  },
];

type Canary = RuleConfig & { settings: Settings & { canary: NonNullable<Settings['canary']> } };

function canaries(subject: Subject): Canary[] {
  return rulesThat(subject, ({ canary }) => canary !== undefined) as Canary[];
}

type Mounted = { path: string; next: Watched | undefined; stable: readonly Watched[] };

/** Those that are mounted; what comes from the API is mounted by nobody. */
function mounted(subject: Subject): Mounted[] {
  const { rehup, pod } = subject;
  return canaries(subject).flatMap(({ settings }) => {
    const { canary, publish } = settings;
    if (!('path' in canary)) return [];
    const { path } = canary;
    const mount = mountOf(path, rehup.mounts);
    const volume = mount && findVolume(pod, mount.name);
    const next = mount && volume && isUpdated(volume) ? { mount, volume } : undefined;
    const published = publish === undefined ? undefined : mountOf(publish, rehup.mounts);
    const stable = findWatched(subject, settings).filter(
      (watched) => watched.mount !== mount && watched.mount !== published,
    );
    return [{ path, next, stable }];
  });
}

function nextObjects(subject: Subject): ManifestObject[] {
  const { objects, workload } = subject;
  const ofApi = canaries(subject).flatMap(({ settings: { canary } }): ObjectReference[] =>
    'source' in canary && 'name' in canary.source.select
      ? [{ kind: canary.source.kind, name: canary.source.select.name }]
      : [],
  );
  const ofMounts = mounted(subject).flatMap(({ next }) => next?.volume.references ?? []);
  return [...ofApi, ...ofMounts].flatMap(
    (reference) => objects.find(reference, workload.object.namespace) ?? [],
  );
}

/** The name that is suggested for the volume. */
const VOLUME = 'next';

function notMounted(subject: Subject, path: string): Found {
  const source = { name: VOLUME, configMap: { name: '<name>', optional: true } };
  return {
    path: variablePath(subject),
    message: `REHUP_CANARY ${path} is in no ConfigMap or Secret volume of the rehup container`,
    why: 'there is no next content then, whatever is in git: all pods have the stable one',
    remedies: [
      {
        text: 'mount the next ConfigMap there, which need not exist',
        edits: [
          ...addVolume(subject, source),
          ...addMount(subject, subject.rehup, { name: VOLUME, mountPath: path }),
        ],
      },
    ],
  };
}

function notOneStable(subject: Subject, stable: readonly Watched[]): Found {
  const paths = stable.map(({ mount }) => mount.mountPath);
  return {
    path: variablePath(subject),
    message:
      paths.length === 0
        ? 'beside REHUP_CANARY, rehup watches no volume: there is no stable content'
        : `beside REHUP_CANARY, rehup watches ${paths.length} volumes: ${paths.join(', ')}`,
    why: 'rehup does not start: one volume is the stable content, and one is next',
    remedies: paths.map((path) => ({
      text: `take ${path} as the stable one`,
      edits: changeSettings(subject, { watch: path }) ?? [],
    })),
  };
}

function sameObject({ volume }: Watched, { kind, name }: ObjectReference): Found {
  const field = volume.kind === 'secret' ? 'secretName' : 'name';
  return {
    path: volume.path,
    message: `${kind} ${name} is both the stable and the next content`,
    why: 'there is nothing to try then: a change of it reaches all pods',
    remedies: [
      {
        text: 'mount another object here, for what is next',
        edits:
          volume.kind === 'projected'
            ? []
            : [{ path: [...volume.path, volume.kind, field], value: `${name}-next` }],
      },
    ],
  };
}

function noPercent(object: ManifestObject, isThere: boolean): Found {
  const { document, kind, name, path } = object;
  return {
    document,
    path: isThere ? [...path, 'data', PERCENT_KEY] : path,
    message: isThere
      ? `${PERCENT_KEY} of ${kind} ${name} is no number from 0 to 100`
      : `${kind} ${name} has no key ${PERCENT_KEY}`,
    why: 'that key says for how many percent of the pods it is; without it, it is for none',
    remedies: [
      {
        text: 'begin with none, and raise it',
        edits: [{ path: [...path, 'data', PERCENT_KEY], value: '0' }],
        elsewhere: { document, object: `${kind}/${name}` },
      },
    ],
  };
}

function withoutName(subject: Subject): Found {
  const variable = { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } };
  return {
    path: variablePath(subject),
    message: 'REHUP_CANARY goes by the name of the pod, and rehup does not know it',
    why: 'with hostNetwork, the host name is that of the node',
    remedies: [
      {
        text: 'give it the name',
        edits: append(
          subject.workload.object.document.value,
          [...subject.rehup.path, 'env'],
          variable,
        ),
      },
    ],
  };
}

function variablePath({ settings, rehup }: Subject): readonly (string | number)[] {
  return settings.written.environment.origins.get('REHUP_CANARY')?.valuePath ?? rehup.path;
}
