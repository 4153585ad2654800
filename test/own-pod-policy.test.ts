// What the policy beside the Roles lets through, by the expressions that the API server would evaluate.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Environment } from '@marcbachmann/cel-js';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

type Expression = { name: string; expression: string };

type Policy = {
  spec: {
    matchConditions: Expression[];
    variables: Expression[];
    validations: { expression: string; message: string }[];
  };
};

const file = join(import.meta.dirname, '../examples/rbac/own-pod-policy.yaml');
const documents = parseAllDocuments(readFileSync(file, 'utf8')).map(
  (each) => each.toJS() as unknown,
);
const podPolicy = documents[0] as Policy;
const workloadPolicy = documents[2] as Policy;

type Request = { userInfo: { username: string; extra?: Record<string, string[]> } };
type Review = { request: Request; object: object; oldObject: object };

const environment = new Environment({ unlistedVariablesAreDyn: true });

function evaluate(expression: string, context: object): unknown {
  return environment.evaluate(expression, context);
}

/** The messages of the validations that deny it; `undefined`: the policy is not for this request. */
function review(input: Review, { spec }: Policy = podPolicy): string[] | undefined {
  const matches = spec.matchConditions.every(({ expression }) => evaluate(expression, input));
  if (!matches) return undefined;
  const variables = Object.fromEntries(
    spec.variables.map(({ name, expression }) => [name, evaluate(expression, input)]),
  );
  return spec.validations.flatMap(({ expression, message }) =>
    evaluate(expression, { ...input, variables }) === true ? [] : [message],
  );
}

const UID = '2f1c7a6e-9d0b-4c57-8a53-6f1f6c0a7d11';

/** As the API server shows a pod to admission: all defaults in, and the managers of the fields. */
const POD = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'my-app-7c9d',
    namespace: 'web',
    uid: UID,
    resourceVersion: '4711',
    creationTimestamp: '2026-11-22T10:00:00Z',
    labels: { app: 'my-app' },
    annotations: { 'kubernetes.io/config.seen': 'yes' },
    ownerReferences: [
      { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'my-app', uid: 'r1', controller: true },
    ],
    managedFields: [{ manager: 'kube-controller-manager', operation: 'Update' }],
  },
  spec: {
    serviceAccountName: 'rehup',
    containers: [
      { name: 'my-app', image: 'example.com/my-app:1.0', resources: {}, imagePullPolicy: 'Always' },
    ],
    tolerations: [
      { key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 },
    ],
  },
  status: { phase: 'Running' },
};

type Metadata = Record<string, unknown>;

function withMetadata(metadata: Metadata): object {
  return { ...POD, metadata: { ...POD.metadata, ...metadata } };
}

function annotated(annotations: Record<string, string> | undefined): object {
  return withMetadata({ annotations });
}

const SYNC = { 'rehup.dev/sync': '4711 at 2026-11-22T10:00:00.123Z' };
const BEFORE = POD.metadata.annotations;

/** As of a token that the kubelet has mounted into a pod. */
function caller(uid = UID, username = 'system:serviceaccount:web:rehup'): Request {
  const extra = {
    'authentication.kubernetes.io/pod-name': ['my-app-7c9d'],
    'authentication.kubernetes.io/pod-uid': [uid],
  };
  return { userInfo: { username, extra } };
}

function reviewOf(object: object, oldObject: object = POD, request = caller()): unknown {
  return review({ request, object, oldObject });
}

describe('the policy for the own pod', () => {
  it.each([
    ['sets its annotation', annotated({ ...BEFORE, ...SYNC }), POD],
    [
      'changes it',
      annotated({ ...BEFORE, ...SYNC }),
      annotated({ ...BEFORE, 'rehup.dev/sync': '1' }),
    ],
    ['sets it where there was none', annotated(SYNC), withMetadata({ annotations: undefined })],
    ['removes it', annotated(BEFORE), annotated({ ...BEFORE, ...SYNC })],
    [
      'sets it, and becomes a manager of the fields',
      withMetadata({
        annotations: { ...BEFORE, ...SYNC },
        managedFields: [...POD.metadata.managedFields, { manager: 'rehup', operation: 'Update' }],
      }),
      POD,
    ],
  ])('lets pass that rehup %s', (_, object, oldObject) => {
    expect(reviewOf(clean(object), clean(oldObject))).toEqual([]);
  });

  const [container] = POD.spec.containers;
  const withSpec = (fields: object): object => ({ ...POD, spec: { ...POD.spec, ...fields } });
  it.each([
    [
      'the image',
      withSpec({ containers: [{ ...container, image: 'example.com/evil:1' }] }),
      'rehup may not change the spec of a pod',
    ],
    ['tolerations', withSpec({ tolerations: [] }), 'rehup may not change the spec of a pod'],
    ['a label', withMetadata({ labels: { app: 'other' } }), 'rehup may not change labels'],
    [
      'a further label',
      withMetadata({ labels: { ...POD.metadata.labels, a: '' } }),
      'rehup may not change labels',
    ],
    ['all labels', withMetadata({ labels: undefined }), 'rehup may not change labels'],
    [
      'another annotation',
      annotated({ ...BEFORE, ...SYNC, other: '1' }),
      'of the annotations, rehup may change rehup.dev/sync alone',
    ],
    [
      'the value of another annotation',
      annotated({ 'kubernetes.io/config.seen': 'no' }),
      'of the annotations, rehup may change rehup.dev/sync alone',
    ],
    [
      'all annotations',
      annotated(undefined),
      'of the annotations, rehup may change rehup.dev/sync alone',
    ],
    ['an owner', withMetadata({ ownerReferences: [] }), 'rehup may not change owners'],
    [
      'that it has owners',
      withMetadata({ ownerReferences: undefined }),
      'rehup may not change owners',
    ],
    [
      'finalizers',
      withMetadata({ finalizers: ['example.com/keep'] }),
      'rehup may not change finalizers',
    ],
  ])('denies that rehup changes %s', (_, object, message) => {
    expect(reviewOf(clean(object))).toEqual([message]);
  });

  it.each([
    ['another pod', caller('another uid')],
    [
      'no pod: a token of somebody who may act for the account',
      { userInfo: { username: caller().userInfo.username } },
    ],
    [
      'no pod: a token that is bound to nothing',
      { userInfo: { username: caller().userInfo.username, extra: {} } },
    ],
  ])('denies a caller who is in %s', (_, request) => {
    expect(reviewOf(annotated({ ...BEFORE, ...SYNC }), POD, request)).toEqual([
      'rehup may change its own pod alone',
    ]);
  });

  it.each([
    'system:node:node1',
    'system:serviceaccount:web:default',
    'system:serviceaccount:web:not-rehup',
    'rehup',
  ])('is not for %s', (username) => {
    expect(reviewOf(annotated(SYNC), POD, caller(UID, username))).toBeUndefined();
  });

  it('is bound, and denies', () => {
    expect(documents[1]).toMatchObject({
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: 'rehup-own-pod', validationActions: ['Deny'] },
    });
  });
});

/** As the API server shows a Deployment to admission. */
const WORKLOAD = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: {
    name: 'my-app',
    namespace: 'web',
    labels: { app: 'my-app' },
    annotations: { 'deployment.kubernetes.io/revision': '3' },
  },
  spec: {
    replicas: 3,
    strategy: { type: 'RollingUpdate' },
    template: {
      metadata: { labels: { app: 'my-app' }, annotations: { team: 'web' } },
      spec: {
        serviceAccountName: 'rehup',
        automountServiceAccountToken: false,
        containers: [{ name: 'my-app', image: 'example.com/my-app:1.0' }],
        volumes: [{ name: 'config', configMap: { name: 'my-app' } }],
      },
    },
  },
};

type Workload = typeof WORKLOAD;

/** What the policy says to a workload that was changed like this. */
function reviewWorkload(change: (workload: Workload) => void, request = caller()): unknown {
  const object = structuredClone(WORKLOAD);
  change(object);
  return review({ request, object: clean(object), oldObject: clean(WORKLOAD) }, workloadPolicy);
}

const setHash = ({ spec }: Workload): void => {
  Object.assign(spec.template.metadata.annotations, { 'rehup.dev/config-hash': 'a1b2' });
};

describe('the policy for the own workload', () => {
  it('lets pass that rehup sets the hash of the configuration', () => {
    expect(reviewWorkload(setHash)).toEqual([]);
  });

  it('lets pass that rehup tells of rejected content, and that this is over', () => {
    const rejected = { 'rehup.dev/rejected': '{}' };
    const before = structuredClone(WORKLOAD);
    const after = structuredClone(WORKLOAD);
    Object.assign(after.metadata.annotations, rejected);
    const [one, other] = [clean(before), clean(after)];
    for (const [object, oldObject] of [
      [one, other],
      [other, one],
    ] as const) {
      expect(review({ request: caller(), object, oldObject }, workloadPolicy)).toEqual([]);
    }
  });

  it('lets pass that it is the first annotation', () => {
    const bare = structuredClone(WORKLOAD) as { spec: { template: { metadata: object } } };
    bare.spec.template.metadata = { labels: { app: 'my-app' } };
    const after = structuredClone(bare);
    Object.assign(after.spec.template.metadata, {
      annotations: { 'rehup.dev/config-hash': 'a1b2' },
    });
    expect(review({ request: caller(), object: after, oldObject: bare }, workloadPolicy)).toEqual(
      [],
    );
  });

  const PODS = 'rehup may not change the pods of a workload';
  const HOW = 'rehup may not change how many pods there are, or how they are replaced';
  const ITS_OWN =
    'of the labels and annotations of a workload, rehup may change rehup.dev/rejected alone';
  it.each<[string, (workload: Workload) => unknown, string]>([
    [
      'the image',
      ({ spec }) =>
        (spec.template.spec.containers = [{ name: 'my-app', image: 'example.com/evil:1' }]),
      PODS,
    ],
    ['the service account', ({ spec }) => (spec.template.spec.serviceAccountName = 'admin'), PODS],
    [
      'that the token is mounted',
      ({ spec }) => (spec.template.spec.automountServiceAccountToken = true),
      PODS,
    ],
    [
      'the volumes, to have another Secret',
      ({ spec }) =>
        spec.template.spec.volumes.push({ name: 'x', secret: { secretName: 'other' } } as never),
      PODS,
    ],
    [
      'the command',
      ({ spec }) => Object.assign(spec.template.spec.containers[0] ?? {}, { command: ['sh'] }),
      PODS,
    ],
    [
      'another annotation of the template',
      ({ spec }) => (spec.template.metadata.annotations.team = 'other'),
      'of the annotations of the pod template, rehup may change rehup.dev/config-hash alone',
    ],
    [
      'labels of the template',
      ({ spec }) => (spec.template.metadata.labels.app = 'other'),
      'rehup may not change labels',
    ],
    ['the number of replicas', ({ spec }) => (spec.replicas = 0), HOW],
    ['that it is paused', ({ spec }) => Object.assign(spec, { paused: true }), HOW],
    ['the strategy', ({ spec }) => (spec.strategy.type = 'Recreate'), HOW],
    ['labels of it', ({ metadata }) => (metadata.labels.app = 'other'), ITS_OWN],
    [
      'annotations of it',
      ({ metadata }) => Object.assign(metadata.annotations, { other: '' }),
      ITS_OWN,
    ],
    [
      'finalizers',
      ({ metadata }) => Object.assign(metadata, { finalizers: ['example.com/keep'] }),
      'rehup may not change owners or finalizers',
    ],
  ])('denies that rehup changes %s', (_, change, message) => {
    expect(reviewWorkload((workload) => void change(workload))).toEqual([message]);
  });

  it('denies a token that is of no pod, and a workload of another account', () => {
    const { username } = caller().userInfo;
    expect(reviewWorkload(setHash, { userInfo: { username } })).toEqual([
      'rehup may change a workload from within its pod alone',
    ]);
    const other = structuredClone(WORKLOAD);
    other.spec.template.spec.serviceAccountName = 'other';
    const input = { request: caller(), object: other, oldObject: other };
    expect(review(input, workloadPolicy)).toEqual([
      'rehup may change the workload of its own service account alone',
    ]);
  });

  it('is bound, denies, and is not for others', () => {
    expect(documents[3]).toMatchObject({
      kind: 'ValidatingAdmissionPolicyBinding',
      spec: { policyName: 'rehup-own-workload', validationActions: ['Deny'] },
    });
    const others = 'system:serviceaccount:kube-system:deployment-controller';
    expect(reviewWorkload(setHash, caller(UID, others))).toBeUndefined();
  });
});

/** As JSON: a field that is undefined is not there. */
function clean(object: object): object {
  return JSON.parse(JSON.stringify(object)) as object;
}
