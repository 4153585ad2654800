import { fieldVariable, POD_FIELDS } from '../../manifest/conventions.ts';
import type { Variable } from '../../manifest/container.ts';
import { append, type Edit } from '../../manifest/edit.ts';
import { asText } from '../../../system/plain.ts';
import { findVolume, type Pod } from '../../manifest/pod.ts';
import {
  hasOwnToken,
  mountsTokens,
  TOKEN_VOLUME,
  tokenMount,
  tokenVolume,
} from '../../manifest/token.ts';
import { isServiceAccountMount, type Mount } from '../../manifest/volume.ts';
import { addMount, addVolume } from '../edits.ts';
import type { Check } from '../check.ts';
import { SOURCE } from '../settings/read.ts';
import type { Subject } from '../subject.ts';

/** What rehup needs in order to talk to the Kubernetes API. */
export const apiChecks: readonly Check[] = [
  {
    id: 'no-api-token',
    severity: 'error',
    summary: 'a setting needs the Kubernetes API, and the pod has no service account token',
    find: (subject) => {
      const { pod, settings } = subject;
      const path = [...pod.path, 'automountServiceAccountToken'];
      if (settings.usesApi.length === 0 || hasToken(subject)) return [];
      return [
        {
          path,
          message: `${settings.usesApi.join(', ')} needs the Kubernetes API, and automountServiceAccountToken is false`,
          why: 'without the token the API server does not know rehup, and refuses',
          remedies: [
            {
              text: 'mount a token in rehup alone, of a service account that may do what the option needs, and no more',
              edits: giveToken(subject),
            },
          ],
        },
      ];
    },
  },
  {
    id: 'token-in-app',
    severity: 'warning',
    summary: 'the app has the token by which rehup talks to the Kubernetes API',
    find: (subject) => {
      const { pod, settings, others, rehup } = subject;
      if (settings.usesApi.length === 0) return [];
      const path = [...pod.path, 'automountServiceAccountToken'];
      const apps = others.filter((app) => automounts(subject) || hasOwnToken(pod, app));
      if (apps.length === 0) return [];
      const mounts = apps.flatMap((app) => app.mounts).filter(isTokenMount(pod));
      return [
        {
          path: mounts[0]?.path ?? path,
          message: `${apps.map(({ name }) => name).join(', ')} has the token of the service account, too, which may do what ${settings.usesApi.join(', ')} needs`,
          why: 'whoever runs code in the app could do all that rehup may do in the namespace',
          remedies: [
            {
              text: 'mount a token in rehup alone; if the app needs one itself, keep it, and know what it may do',
              edits: [
                ...(automounts(subject) ? [{ path, value: false }] : []),
                ...(hasOwnToken(pod, rehup) ? [] : giveToken(subject)),
                ...mounts
                  .toReversed()
                  .map((mount) => ({ path: mount.path, remove: true }) as const),
              ],
            },
          ],
        },
      ];
    },
  },
  {
    id: 'no-pod-name',
    severity: 'error',
    summary: 'a setting needs the name of the pod, and rehup is not given it',
    find: (subject) => {
      const { rehup, settings } = subject;
      const inNeed = settings.usesApi.filter((name) => name !== SOURCE);
      const missing = inNeed.length === 0 ? [] : missingNames(subject);
      if (missing.length === 0) return [];
      return [
        {
          path: [...rehup.path, 'env'],
          message: `${inNeed.join(', ')} needs ${missing.join(' and ')} from the downward API`,
          why: 'rehup asks the API for its own pod, whose name is another one in each replica',
          remedies: [{ text: 'take it from the downward API', edits: setNames(subject, missing) }],
        },
      ];
    },
  },
];

/** The service account's volume tells the namespace, too. */
function missingNames(subject: Subject): string[] {
  const needed = [...POD_FIELDS.keys()].filter(
    (name) => name !== 'POD_NAMESPACE' || !hasToken(subject),
  );
  return needed.filter((name) => findVariable(subject, name)?.source !== 'fieldRef');
}

function findVariable({ rehup }: Subject, name: string): Variable | undefined {
  return rehup.variables.findLast((variable) => variable.name === name);
}

/** What is written out takes another entry's place. */
function setNames(subject: Subject, names: readonly string[]): Edit[] {
  const { rehup, workload } = subject;
  const written = names.flatMap((name) => findVariable(subject, name) ?? []);
  const absent = names.filter((name) => findVariable(subject, name) === undefined);
  const list = [...rehup.path, 'env'];
  return [
    ...written.map(({ path, name }) => ({ path, value: fieldVariable(name) })),
    ...(absent.length > 0
      ? append(workload.object.document.value, list, ...absent.map(fieldVariable))
      : []),
  ];
}

function hasToken(subject: Subject): boolean {
  return automounts(subject) || hasOwnToken(subject.pod, subject.rehup);
}

/** What the pod says, otherwise its service account. */
function automounts({ pod, workload, objects }: Subject): boolean {
  if (typeof pod.value['automountServiceAccountToken'] === 'boolean') return mountsTokens(pod);
  const account = objects.findAccount(
    asText(pod.value['serviceAccountName']) ?? 'default',
    workload.object.namespace,
  );
  return account?.value['automountServiceAccountToken'] !== false;
}

function isTokenMount(pod: Pod): (mount: Mount) => boolean {
  return (mount) => isServiceAccountMount(mount) || findVolume(pod, mount.name)?.hasToken === true;
}

/** Once: several changes of one workload may need it. */
function giveToken(subject: Subject): Edit[] {
  const isThere = subject.pod.volumes.some(({ name }) => name === TOKEN_VOLUME);
  return [
    ...(isThere ? [] : addVolume(subject, tokenVolume)),
    ...addMount(subject, subject.rehup, tokenMount),
  ];
}
