import { STATUS_CODES } from 'node:http';
import { describeRequest, type KubeRequest } from './request.ts';
import type { StatusObject } from './types.ts';

export type ProblemKind =
  /** The process has no access configured: no token, no address, no kubeconfig. */
  | 'no-access'
  /** 401: the token is not, or no longer, accepted. */
  | 'unauthorized'
  /** 403: a verb is missing. */
  | 'forbidden'
  | 'not-found'
  /** 409: it changed meanwhile, or exists already. */
  | 'conflict'
  /** 410: the resource version is too old to go on from. */
  | 'gone'
  | 'invalid'
  | 'throttled'
  | 'untrusted'
  | 'unreachable'
  | 'timed-out'
  | 'rejected'
  /** It came, and could not be kept: the disk is full, say. */
  | 'not-kept';

type ProblemInit = {
  kind: ProblemKind;
  message: string;
  remedy: string;
  /** The pause that the server asked for, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** What the server said, `metav1.Status.reason`: `AlreadyExists`, `Invalid`, … */
  statusReason?: string | undefined;
  cause?: unknown;
};

/** Why the Kubernetes API did not do what was asked, and what to do about it. */
export class KubeProblem extends Error {
  readonly kind: ProblemKind;
  readonly remedy: string;
  readonly retryAfterMs: number | undefined;
  readonly statusReason: string | undefined;

  constructor({ kind, message, remedy, retryAfterMs, statusReason, cause }: ProblemInit) {
    super(message, { cause });
    this.name = 'KubeProblem';
    this.kind = kind;
    this.remedy = remedy;
    this.retryAfterMs = retryAfterMs;
    this.statusReason = statusReason;
  }
}

export type ErrorAnswer = {
  status: number;
  /** The body as JSON, if it was that. */
  body: StatusObject | undefined;
  /** The header `Retry-After`, in milliseconds. */
  retryAfterMs: number | undefined;
};

/** A status outside 2xx (or a `Status` in a watch stream) in words. */
export function explainStatus(
  request: KubeRequest,
  { status, body, retryAfterMs }: ErrorAnswer,
): KubeProblem {
  const said = body?.message ?? STATUS_CODES[status] ?? `status ${status}`;
  const common = {
    retryAfterMs: retryAfterMs ?? secondsToMs(body?.details?.retryAfterSeconds),
    statusReason: body?.reason,
  };
  const what = describeRequest(request);
  switch (status) {
    case 401:
      return new KubeProblem({
        ...common,
        kind: 'unauthorized',
        message: `the API server does not accept the token (${what}): ${said}`,
        remedy:
          'none needed while the kubelet rotates it; else mount one that is valid: the volume rehup-token of examples/rbac/token.yaml',
      });
    case 403:
      return new KubeProblem({
        ...common,
        kind: 'forbidden',
        message: `the service account may not ${what}${detailOf(body)}`,
        remedy: `add to ${request.namespace === undefined ? 'a ClusterRole' : 'its Role'}: ${roleRule(request)}`,
      });
    case 404:
      return new KubeProblem({
        ...common,
        kind: 'not-found',
        message: `${what}: not found`,
        remedy:
          'check the name and the namespace (POD_NAME and POD_NAMESPACE from the downward API)',
      });
    case 409:
      return new KubeProblem({
        ...common,
        kind: 'conflict',
        message: `${what}: ${said}`,
        remedy: 'none needed: it is tried again with the newer version',
      });
    case 410:
      return new KubeProblem({
        ...common,
        kind: 'gone',
        message: `${what}: ${said}`,
        remedy: 'none needed: the watch starts anew',
      });
    case 422:
      return new KubeProblem({
        ...common,
        kind: 'invalid',
        message: `the API server refuses the object (${what}): ${said}`,
        remedy: 'correct the fields that it names',
      });
    case 429:
      return new KubeProblem({
        ...common,
        kind: 'throttled',
        message: `the API server is busy (${what}): ${said}`,
        remedy: 'none needed: it is tried again when the server says so',
      });
    default:
      return new KubeProblem({
        ...common,
        kind: status >= 500 ? 'unreachable' : 'rejected',
        message: `${what} was answered with status ${status}: ${said}`,
        remedy:
          status >= 500
            ? 'none needed if it passes; else look at the log of the API server and of its webhooks'
            : 'look at the message of the API server',
      });
  }
}

/** RBAC says no more than the request tells already; an admission plugin or webhook says why. */
function detailOf(body: StatusObject | undefined): string {
  const message = body?.message;
  return message === undefined || / cannot \w+ resource /.test(message) ? '' : `: ${message}`;
}

/** Their names are made up anew with each rollout. */
const GENERATED = ['pods', 'replicasets'];

const WORKLOADS = ['deployments', 'statefulsets', 'daemonsets', 'rollouts'];

/** The rule to paste below `rules:` of a Role. */
export function roleRule({ group, resource, verb, name, query, together }: KubeRequest): string {
  const selected = name ?? query?.['fieldSelector']?.replace(/^metadata\.name=/, '');
  const names =
    selected === undefined || verb === 'create' || GENERATED.includes(resource)
      ? ''
      : `, resourceNames: ["${selected}"]`;
  // Whoever may not read a workload is to change it next.
  const changesNext = WORKLOADS.includes(resource) && verb === 'get';
  const verbs = together ?? (changesNext ? ['get', 'patch'] : [verb]);
  const quoted = verbs.map((one) => `"${one}"`).join(', ');
  return `- {apiGroups: ["${group}"], resources: ["${resource}"]${names}, verbs: [${quoted}]}`;
}

function secondsToMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1000;
}
