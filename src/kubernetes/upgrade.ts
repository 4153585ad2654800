import { fatal, type Fatal } from './fatal.ts';
import { reasonOf } from '../system/errors.ts';

/** A part of a pod that is connected to, instead of being asked once. */
export type Subresource = {
  namespace: string;
  pod: string;
  subresource: 'exec' | 'portforward';
};

/** Why a connection to a part of a pod was not made. */
export type UpgradeProblem = Fatal & { status: number | undefined };

/**
 * In words, what the library of the connection throws: an event, or an error that has the status in its
 * message alone.
 */
export function explainUpgrade(part: Subresource, thrown: unknown): UpgradeProblem {
  const message = messageOf(thrown);
  const [, digits] = /Unexpected server response: (\d{3})/.exec(message) ?? [];
  const status = digits === undefined ? undefined : Number(digits);
  return Object.assign(explain(part, status, thrown), { status });
}

/** Newer API servers ask for `create` beside `get`, which a connection by WebSocket needed alone before. */
function roleFor({ subresource }: Pick<Subresource, 'subresource'>): string {
  return `- {apiGroups: [""], resources: ["pods/${subresource}"], verbs: ["create", "get"]}`;
}

function explain(part: Subresource, status: number | undefined, cause: unknown): Fatal {
  const { namespace, pod, subresource } = part;
  const what = `create pods/${subresource} ${pod} in namespace ${namespace}`;
  switch (status) {
    case 401:
      return fatal({
        message: `the API server does not accept your credentials (${what})`,
        remedy: 'log in again, or choose another user with --kubeconfig or --context',
        cause,
      });
    case 403:
      return fatal({
        message: `you may not ${what}`,
        remedy: `add to a Role: ${roleFor(part)}`,
        cause,
      });
    case 404:
      return fatal({
        message: `${what}: not found`,
        remedy: 'the pod, or its container, has gone meanwhile: run it again',
        cause,
      });
    case undefined:
      return fatal({
        message: `${what}: no connection (${reasonOf(innerError(cause))})`,
        remedy:
          'check that the cluster is up, and that a proxy between you and it lets WebSockets through',
        cause,
      });
    default:
      return fatal({
        message: `${what} was answered with status ${status}`,
        remedy: `check that the container runs: kubectl -n ${namespace} get pod ${pod}`,
        cause,
      });
  }
}

/** The library hands on an event that has the error. */
function innerError(thrown: unknown): unknown {
  if (thrown instanceof Error || typeof thrown !== 'object' || thrown === null) return thrown;
  return 'error' in thrown ? thrown.error : thrown;
}

function messageOf(thrown: unknown): string {
  const inner = innerError(thrown);
  return inner instanceof Error ? inner.message : '';
}
