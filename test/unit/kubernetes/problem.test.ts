import { describe, expect, it } from 'vitest';
import { explainStatus, type KubeProblem, roleRule } from '../../../src/kubernetes/problem.ts';
import { configMaps, type KubeRequest, pods, secrets } from '../../../src/kubernetes/request.ts';
import type { StatusObject } from '../../../src/kubernetes/types.ts';

const request: KubeRequest = { ...pods, verb: 'patch', namespace: 'web', name: 'my-app' };

function explain(status: number, body?: Partial<StatusObject>, retryAfterMs?: number): KubeProblem {
  const object: StatusObject | undefined = body && { kind: 'Status', ...body };
  return explainStatus(request, { status, body: object, retryAfterMs });
}

describe('an answer that is an error', () => {
  it.each([
    [
      401,
      'unauthorized',
      'the API server does not accept the token (patch pods my-app in namespace web): because',
      /^none needed while the kubelet rotates it/,
    ],
    [
      403,
      'forbidden',
      'the service account may not patch pods my-app in namespace web: because',
      /^add to its Role: - \{/,
    ],
    [404, 'not-found', 'patch pods my-app in namespace web: not found', /POD_NAMESPACE/],
    [409, 'conflict', 'patch pods my-app in namespace web: because', /^none needed/],
    [410, 'gone', 'patch pods my-app in namespace web: because', /^none needed/],
    [
      422,
      'invalid',
      'the API server refuses the object (patch pods my-app in namespace web): because',
      /^correct the fields/,
    ],
    [
      429,
      'throttled',
      'the API server is busy (patch pods my-app in namespace web): because',
      /^none needed/,
    ],
    [
      500,
      'unreachable',
      'patch pods my-app in namespace web was answered with status 500: because',
      /^none needed if it passes/,
    ],
    [
      503,
      'unreachable',
      'patch pods my-app in namespace web was answered with status 503: because',
      /webhooks$/,
    ],
    [
      406,
      'rejected',
      'patch pods my-app in namespace web was answered with status 406: because',
      /^look at the message/,
    ],
  ] as const)(
    '%i is %s, and says what was asked and what to do',
    (status, kind, message, remedy) => {
      const problem = explain(status, { message: 'because' });
      expect(problem).toMatchObject({ kind, message });
      expect(problem.remedy).toMatch(remedy);
    },
  );

  it.each([
    [404, 'not found'],
    [429, 'Too Many Requests'],
    [599, 'status 599'],
  ])('%i without a body is told by what the number means: %s', (status, text) => {
    expect(explain(status).message).toContain(text);
  });

  it('leaves out of a refusal what RBAC repeats of the request, and keeps what a webhook says', () => {
    const rbac =
      'pods "my-app" is forbidden: User "system:serviceaccount:web:rehup" cannot patch resource "pods" in API group "" in the namespace "web"';
    const plain = 'the service account may not patch pods my-app in namespace web';
    expect(explain(403, { message: rbac }).message).toBe(plain);
    expect(explain(403).message).toBe(plain);
    const policy = 'ValidatingAdmissionPolicy denied request: only the own pod';
    expect(explain(403, { message: policy }).message).toBe(`${plain}: ${policy}`);
  });

  it('takes the pause from the header, or from the details', () => {
    const details = { retryAfterSeconds: 7 };
    expect(explain(429, { details }, 2000).retryAfterMs).toBe(2000);
    expect(explain(429, { details }).retryAfterMs).toBe(7000);
    expect(explain(429).retryAfterMs).toBeUndefined();
  });

  it('keeps the reason that the server gives', () => {
    expect(explain(409, { reason: 'AlreadyExists' }).statusReason).toBe('AlreadyExists');
  });
});

describe('the rule to add to a Role', () => {
  const named = { namespace: 'web', name: 'my-app' };
  it.each<[KubeRequest, string]>([
    [
      { ...pods, verb: 'get', ...named },
      '- {apiGroups: [""], resources: ["pods"], verbs: ["get"]}',
    ],
    [
      { ...configMaps, verb: 'watch', query: { fieldSelector: 'metadata.name=conf' } },
      '- {apiGroups: [""], resources: ["configmaps"], resourceNames: ["conf"], verbs: ["watch"]}',
    ],
    [
      { ...secrets, verb: 'create', ...named },
      '- {apiGroups: [""], resources: ["secrets"], verbs: ["create"]}',
    ],
    [
      { group: 'apps', version: 'v1', resource: 'replicasets', verb: 'get', ...named },
      '- {apiGroups: ["apps"], resources: ["replicasets"], verbs: ["get"]}',
    ],
    [
      { group: 'apps', version: 'v1', resource: 'deployments', verb: 'patch', ...named },
      '- {apiGroups: ["apps"], resources: ["deployments"], resourceNames: ["my-app"], verbs: ["patch"]}',
    ],
  ])('for %o is %s', (missing, rule) => {
    expect(roleRule(missing)).toBe(rule);
  });
});
