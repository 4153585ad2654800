import { fieldVariable, POD_FIELDS } from '../../manifest/conventions.ts';
import type { Variable } from '../../manifest/container.ts';
import { append, type Edit } from '../../manifest/edit.ts';
import { isServiceAccountMount } from '../../manifest/volume.ts';
import type { Check } from '../check.ts';
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
              text: 'mount the token, of a service account that may do what the option needs, and no more',
              edits: [{ path, value: true }],
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
      const missing = settings.usesApi.length === 0 ? [] : missingNames(subject);
      if (missing.length === 0) return [];
      return [
        {
          path: [...rehup.path, 'env'],
          message: `${settings.usesApi.join(', ')} needs ${missing.join(' and ')} from the downward API`,
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

function hasToken({ pod, rehup }: Subject): boolean {
  return (
    pod.value['automountServiceAccountToken'] !== false || rehup.mounts.some(isServiceAccountMount)
  );
}
