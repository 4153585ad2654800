// The policy and `rehup inject` decide alike: both are given the same pods.
import { Environment } from '@marcbachmann/cel-js';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { loadConfig } from '../../../../src/config/load.ts';
import { inject } from '../../../../src/tools/inject/inject.ts';
import {
  type RawInjectOptions,
  parseInjectOptions,
  parsePolicyOptions,
} from '../../../../src/tools/inject/options.ts';
import { createPolicy, formatPolicy } from '../../../../src/tools/inject/policy/policy.ts';

type Fields = Record<string, unknown>;
type Named = { name: string; expression: string };
type Policy = {
  apiVersion: string;
  spec: {
    matchConditions: Named[];
    variables: Named[];
    mutations: { jsonPatch: { expression: string } }[];
  };
};

const defaults = { resources: true, ports: true, probes: true };
const wanted = parsePolicyOptions(undefined, defaults);

// Messages of the API server are no part of the language: as data, the expressions are the same.
const [policy] = createPolicy(
  wanted,
  (path, value) => `{"path": dyn(${path}), "value": dyn(${value})}`,
) as [Policy];
const environment = new Environment({ unlistedVariablesAreDyn: true });

function evaluate(expression: string, context: object): unknown {
  return environment.evaluate(expression, context);
}

/** Whole numbers as the language has them, and back. */
function toInts(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value);
  if (Array.isArray(value)) return value.map(toInts);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toInts(item)]));
}

function toPlain(value: unknown): unknown {
  const text = JSON.stringify(value, (_, item: unknown) =>
    typeof item === 'bigint' ? Number(item) : item,
  );
  return JSON.parse(text);
}

type Pod = { metadata?: Fields; spec: Fields };

/** The pod as the API server would go on with it; `undefined`: the policy is not for it. */
function admit(pod: Pod): Pod | undefined {
  const context: Fields = { object: toInts({ metadata: {}, ...pod }), variables: {} };
  const { matchConditions, variables, mutations } = policy.spec;
  if (!matchConditions.every(({ expression }) => evaluate(expression, context) === true))
    return undefined;
  for (const { name, expression } of variables) {
    (context['variables'] as Fields)[name] = evaluate(expression, context);
  }
  const after = structuredClone(pod);
  const patches = mutations.flatMap(
    ({ jsonPatch }) =>
      toPlain(evaluate(jsonPatch.expression, context)) as { path: string; value: unknown }[],
  );
  for (const { path, value } of patches) apply(after, path, value);
  return patches.length === 0 ? undefined : after;
}

/** The operation `add` of RFC 6902. */
function apply(root: object, path: string, value: unknown): void {
  const steps = path.split('/').slice(1);
  const last = steps.pop() ?? '';
  let here = root as Fields;
  for (const step of steps) here = here[step] as Fields;
  if (Array.isArray(here) && last === '-') here.push(value);
  else here[last] = value;
}

/** The same by the command. */
function injectInto(pod: Pod, env: readonly string[] = []): Pod | undefined {
  const raw: RawInjectOptions = { ...defaults, env };
  const options = parseInjectOptions('-', raw);
  const { settings } = loadConfig({ flags: {}, env: options.env });
  const usesApi = env.some((one) => /PROMPT=true|EVENTS|rollout/.test(one));
  const text = JSON.stringify({ kind: 'Pod', ...pod });
  const result = inject({ file: '-', text }, { ...options, settings, usesApi });
  return result.changed.length === 0 ? undefined : (JSON.parse(result.text) as Pod);
}

type Sidecar = Fields & {
  name: string;
  env?: { name: string }[];
  volumeMounts: { name: string }[];
};

/** What matters of a pod, in one order. */
function essence(pod: Pod | undefined): unknown {
  if (pod === undefined) return undefined;
  const {
    initContainers = [],
    volumes = [],
    shareProcessNamespace,
  } = pod.spec as {
    initContainers?: Sidecar[];
    volumes?: { name: string }[];
    shareProcessNamespace?: boolean;
  };
  const rehup = initContainers.find(({ name }) => name === 'rehup');
  const { runAsUser, runAsNonRoot } = (pod.spec['securityContext'] ?? {}) as Fields;
  return {
    ...rehup,
    env: (rehup?.env ?? []).map(inOrder).toSorted(byName),
    volumeMounts: rehup?.volumeMounts.toSorted(byName),
    // As the kubelet sees it: what the container does not say, the pod says.
    securityContext: {
      seccompProfile: { type: 'RuntimeDefault' },
      runAsUser,
      runAsNonRoot,
      ...(rehup?.['securityContext'] as Fields),
    },
    added: volumes.toSorted(byName),
    shareProcessNamespace,
  };
}

function sortPaths(name: string, value = ''): { name: string; value: string[] } {
  return { name, value: value.split(',').toSorted() };
}

/** In which order paths are watched has no meaning. */
function inOrder(variable: { name: string; value?: string }): { name: string } {
  const { name, value } = variable;
  return name === 'REHUP_WATCH' ? sortPaths(name, value) : variable;
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}

const volumes = [
  { configMap: { name: 'c' } },
  { configMap: { name: 'c', defaultMode: 0o640 } },
  { configMap: { name: 'c', items: [{ key: 'k', path: 'k', mode: 0o400 }] } },
  { secret: { secretName: 's', defaultMode: 0o400 } },
  { secret: { secretName: 's', defaultMode: 0o644 } },
  { csi: { driver: 'secrets-store.csi.k8s.io' } },
  { emptyDir: {} },
  { projected: { sources: [{ podCertificate: { signerName: 'x' } }] } },
  { projected: { sources: [{ clusterTrustBundle: { path: 'ca.pem' } }] } },
  { projected: { defaultMode: 0o400, sources: [{ secret: { name: 's' } }] } },
  {
    projected: {
      sources: [{ configMap: { name: 'c', items: [{ key: 'k', path: 'k', mode: 0o440 }] } }],
    },
  },
  {
    projected: {
      sources: [
        { serviceAccountToken: { path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt' } },
      ],
    },
  },
];

const paths = [
  '/etc/app',
  '/etc/tls',
  '/usr/local/bin',
  '/opt',
  '/',
  '/proc/x',
  '/usr/local/bin/',
  '/var/run/secrets/kubernetes.io/serviceaccount',
];

/** What two containers mount at one path is for each to say, and for inject the first to. */
const others = paths.map((path) => (path.startsWith('/etc') ? `${path}/other` : path));

const mountsAt = (choices: readonly string[]): fc.Arbitrary<Fields[]> =>
  fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('v0', 'v1', 'v2'),
      mountPath: fc.constantFrom(...choices),
      subPath: fc.constantFrom(undefined, undefined, 'a'),
    }),
    { maxLength: 3, selector: ({ mountPath }) => mountPath.replace(/(.)\/$/, '$1') },
  );

const container = (name: string, choices: readonly string[]): fc.Arbitrary<Fields> =>
  fc.record(
    {
      name: fc.constant(name),
      image: fc.constantFrom('nginx', 'example.com:5000/app:1', 'jimmidyson/configmap-reload:v1'),
      volumeMounts: mountsAt(choices),
      securityContext: fc.constantFrom({ runAsUser: 0 }, { runAsUser: 101 }, {}),
      ports: fc.constantFrom(
        [{ containerPort: 9533 }],
        [{ containerPort: 9533, protocol: 'UDP' }],
        [{ containerPort: 80 }],
      ),
    },
    { requiredKeys: ['name', 'image'] },
  );

const pods: fc.Arbitrary<Pod> = fc
  .record(
    {
      containers: fc
        .tuple(container('app', paths), container('other', others))
        .chain((two) => fc.subarray(two, { minLength: 1 })),
      initContainers: fc.constantFrom(
        [],
        [{ name: 'wait', image: 'busybox' }],
        [{ name: 'r', image: 'ghcr.io/rehup/rehup:0.1.0' }],
      ),
      volumes: fc.tuple(
        ...['v0', 'v1', 'v2'].map((name) =>
          fc.constantFrom(...volumes).map((source) => ({ name, ...source })),
        ),
      ),
      securityContext: fc.constantFrom(
        { fsGroup: 5 },
        { runAsUser: 0 },
        { runAsUser: 7, runAsNonRoot: true },
        { supplementalGroups: [0] },
        { runAsGroup: 0 },
        {},
      ),
      shareProcessNamespace: fc.constantFrom(true),
      hostNetwork: fc.boolean(),
      nodeSelector: fc.constantFrom(
        {},
        { disk: 'ssd' },
        { disk: 'ssd' },
        { 'kubernetes.io/os': 'windows' },
      ),
      os: fc.constantFrom({ name: 'linux' }, { name: 'linux' }, { name: 'windows' }),
    },
    { requiredKeys: ['containers', 'volumes'] },
  )
  .map((spec) => JSON.parse(JSON.stringify({ spec })) as Pod);

const app = { name: 'app', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/etc/app' }] };
const simple: Pod = {
  spec: { containers: [app], volumes: [{ name: 'v', configMap: { name: 'c' } }] },
};

function versionOf(kubernetes?: string): string {
  const given = { ...defaults, ...(kubernetes !== undefined && { kubernetes }) };
  const [{ apiVersion }] = createPolicy(parsePolicyOptions(undefined, given)) as [Policy];
  return apiVersion.split('/')[1] ?? '';
}

describe('the policy', () => {
  it('does to any pod what inject does', () => {
    let both = 0;
    fc.assert(
      fc.property(pods, (pod) => {
        const injected = essence(injectInto(pod));
        expect(essence(admit(pod))).toEqual(injected);
        if (injected !== undefined) both += 1;
      }),
      { numRuns: 500 },
    );
    expect(both).toBeGreaterThan(10);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ signal: 'USR1' }, ['REHUP_SIGNAL=USR1']],
    [{ url: 'http://127.0.0.1/-/reload' }, ['REHUP_URL=http://127.0.0.1/-/reload']],
    [{ restart: 'rollout' }, ['REHUP_RESTART=rollout']],
    [{ restart: 'container' }, ['REHUP_RESTART=container']],
    [
      { restart: 'container', target: 'container:app' },
      ['REHUP_RESTART=container', 'REHUP_TARGET=container:app'],
    ],
    [{ restart: 'pod' }, ['REHUP_RESTART=pod']],
    [{ restart: 'pod', 'state-dir': '/s' }, ['REHUP_RESTART=pod', 'REHUP_STATE_DIR=/s']],
    [{ prompt: 'true', 'settle-max': '9s' }, ['REHUP_PROMPT=true', 'REHUP_SETTLE_MAX=9s']],
    [{ prompt: 'false' }, ['REHUP_PROMPT=false']],
    [{ 'state-dir': '/state' }, ['REHUP_STATE_DIR=/state']],
    [
      { url: 'http://127.0.0.1/', 'on-failure': 'restart' },
      ['REHUP_URL=http://127.0.0.1/', 'REHUP_ON_FAILURE=restart'],
    ],
  ])('takes options from annotations: %j', (flags, env) => {
    const entries = Object.entries(flags).map(([flag, value]) => [`rehup.dev/${flag}`, value]);
    const annotations = Object.fromEntries(entries) as Fields;
    expect(essence(admit({ ...simple, metadata: { annotations } }))).toEqual(
      essence(injectInto(simple, env)),
    );
  });

  it.each<[string, Fields]>([
    ['has a rehup', { initContainers: [{ name: 'x', image: 'mirror/rehup-native@sha256:01' }] }],
    [
      'has one by its settings',
      { containers: [{ ...app, env: [{ name: 'REHUP_SIGNAL', value: 'HUP' }] }] },
    ],
    ['shares the processes of its node', { hostPID: true }],
    ['runs on Windows', { os: { name: 'windows' } }],
    ['has nothing to watch', { volumes: [{ name: 'v', emptyDir: {} }] }],
    ['has no volumes', { volumes: undefined }],
  ])('leaves a pod alone that %s', (_, spec) => {
    const pod = { spec: JSON.parse(JSON.stringify({ ...simple.spec, ...spec })) as Fields };
    expect(admit(pod)).toBeUndefined();
  });

  it('is stable in 1.36, beta in 1.34, and refused before', () => {
    expect([undefined, '1.37', '1.36', '1.35', '1.34'].map(versionOf)).toEqual([
      'v1',
      'v1',
      'v1',
      'v1beta1',
      'v1beta1',
    ]);
    expect(() => versionOf('1.33')).toThrow('1.36');
  });

  it('takes the group that OpenShift gives each pod for granted', () => {
    const given = { ...defaults, platform: 'openshift' };
    const [{ spec }] = createPolicy(parsePolicyOptions(undefined, given)) as [Policy];
    expect(spec.variables).toContainEqual({ name: 'hasGroup', expression: 'true' });
  });

  it('is printed as YAML, in the form of the API server', () => {
    const text = formatPolicy(createPolicy(wanted));
    expect(text).toContain('JSONPatch{op: "add", path: "/spec/initContainers/-"');
    expect(text.match(/^kind: .*$/gm)).toEqual([
      'kind: MutatingAdmissionPolicy',
      'kind: MutatingAdmissionPolicyBinding',
      'kind: MutatingAdmissionPolicyBinding',
    ]);
  });

  it('is what the repository has', () => {
    const file = join(import.meta.dirname, '../../../../examples/injection/policy.yaml');
    const documents = parseAllDocuments(readFileSync(file, 'utf8'));
    expect(documents.map((one) => one.toJS() as unknown)).toEqual(createPolicy(wanted));
  });

  it('takes no file, and no option of manifests', () => {
    expect(() => parsePolicyOptions('a.yaml', defaults)).toThrow('--policy: a file (a.yaml)');
    expect(() => parsePolicyOptions(undefined, { ...defaults, uid: '1' })).toThrow(
      '--policy: --uid',
    );
  });
});
