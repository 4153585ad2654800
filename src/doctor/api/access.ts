import type { OwnPod } from '../../kubernetes/own-pod.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import { type KubeRequest, type Resource, type Verb } from '../../kubernetes/request.ts';
import type { Remedy } from '../remedy.ts';
import type { Need } from './needs.ts';

const REVIEWS: Resource = {
  group: 'authorization.k8s.io',
  version: 'v1',
  resource: 'selfsubjectaccessreviews',
};

/** Those that the service account may not make. The API server is asked, and nothing is tried. */
export async function findMissing(
  own: Pick<OwnPod, 'client'>,
  needs: readonly Need[],
  signal: AbortSignal,
): Promise<Need[]> {
  const allowed = await Promise.all(needs.map(({ request }) => isAllowed(own, request, signal)));
  return needs.filter((_, index) => allowed[index] === false);
}

/** `undefined` where the API server does not tell. */
async function isAllowed(
  { client }: Pick<OwnPod, 'client'>,
  { group, resource, verb, namespace, name }: KubeRequest,
  signal: AbortSignal,
): Promise<boolean | undefined> {
  const body = {
    apiVersion: 'authorization.k8s.io/v1',
    kind: 'SelfSubjectAccessReview',
    spec: { resourceAttributes: { group, resource, verb, namespace, name } },
  };
  try {
    const answer = await client.request<Review>({ ...REVIEWS, verb: 'create', body }, signal);
    return answer.status?.allowed;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof KubeProblem) return undefined;
    throw error;
  }
}

type Review = { status?: { allowed?: boolean } };

type Grant = { apiGroups: string[]; resources: string[]; resourceNames?: string[]; verbs: Verb[] };

/** A Role with these requests, and what binds it to the service account of the pod: to paste. */
export function grant(own: OwnPod, needs: readonly Need[]): Remedy {
  const { namespace, pod } = own;
  const spec = pod.spec as { serviceAccountName?: string };
  const subject = { kind: 'ServiceAccount', name: spec.serviceAccountName ?? 'default', namespace };
  const metadata = { name: 'rehup-missing', namespace };
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: metadata.name };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return {
    changes: [],
    manifest: [
      { apiVersion, kind: 'Role', metadata, rules: needs.map(({ request }) => toRule(request)) },
      { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects: [subject] },
    ],
  };
}

/** Names of pods are made up anew with each rollout; what is created has none yet. */
const UNNAMED = ['pods', 'replicasets', 'events'];

function toRule({ group, resource, verb, name }: KubeRequest): Grant {
  const named = name !== undefined && !UNNAMED.includes(resource);
  return {
    apiGroups: [group],
    resources: [resource],
    ...(named && { resourceNames: [name] }),
    verbs: [verb],
  };
}
