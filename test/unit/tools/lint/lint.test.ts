import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { parseSidecar as parseArguments } from '../../../../src/cli/program.ts';
import type { Finding } from '../../../../src/tools/lint/finding.ts';
import { lint, type Report } from '../../../../src/tools/lint/lint.ts';
import { tokenMount, tokenVolume } from '../../../../src/tools/manifest/token.ts';
import {
  createApp,
  createDeployment,
  createPod,
  createRehup,
  type TestContainer,
  type TestPod,
  toManifest,
} from '../../../support/manifest.ts';

function lintTexts(texts: Record<string, string>, ignore: string[] = []): Report {
  const sources = Object.entries(texts).map(([file, text]) => ({ file, text }));
  return lint({ sources, skipped: [] }, { kubernetes: undefined, ignore }, parseArguments);
}

function findingsIn(...objects: unknown[]): readonly Finding[] {
  return lintTexts({ 'my-app.yaml': toManifest(...objects) }).findings;
}

const idsIn = (...objects: unknown[]): string[] => findingsIn(...objects).map(({ id }) => id);

type Parts = { pod: TestPod; app: TestContainer; rehup: TestContainer };

function changed(change: (parts: Parts) => unknown): unknown {
  const [app, rehup] = [createApp(), createRehup()];
  const pod = createPod(app, rehup);
  change({ pod, app, rehup });
  return createDeployment(pod);
}

const env = (values: Record<string, unknown>): object[] =>
  Object.entries(values).map(([name, value]) =>
    typeof value === 'object' ? { name, valueFrom: value } : { name, value },
  );

const fromSecret = { secretKeyRef: { name: 'reload', key: 'url' } };
const url = 'http://127.0.0.1:8080/-/reload';

const rootWithKill = {
  runAsUser: 0,
  runAsNonRoot: false,
  capabilities: { drop: ['ALL'], add: ['KILL'] },
};

describe('nothing is found', () => {
  it.each<[string, (parts: Parts) => unknown]>([
    [
      'in a pod that shares nothing, where the reload is a request',
      ({ pod, app, rehup }) => {
        pod['shareProcessNamespace'] = false;
        app.securityContext = { runAsUser: 0 };
        rehup['env'] = env({ REHUP_URL: url });
      },
    ],
    [
      'where the URL is in a Secret',
      ({ pod, rehup }) => {
        pod['shareProcessNamespace'] = false;
        rehup['env'] = env({ REHUP_URL: fromSecret, REHUP_METHOD: 'PUT' });
      },
    ],
    [
      'where the URL is made of other variables',
      ({ pod, rehup }) => {
        pod['shareProcessNamespace'] = false;
        rehup['env'] = env({ REHUP_URL: 'http://$(HOST):8080/' });
      },
    ],
    [
      'where a flag is made of a variable',
      ({ pod, rehup }) => {
        pod['shareProcessNamespace'] = false;
        rehup['args'] = ['--url=$(URL)'];
      },
    ],
    [
      'of settings that come from elsewhere',
      ({ pod, rehup }) => {
        pod['shareProcessNamespace'] = false;
        rehup['envFrom'] = [{ configMapRef: { name: 'of-the-cluster' } }];
        rehup['env'] = env({ REHUP_METHOD: 'PUT', REHUP_STATE_DIR: '/state' });
      },
    ],
    [
      'of a configuration file that is elsewhere',
      ({ pod, rehup }) => {
        pod['shareProcessNamespace'] = false;
        rehup['env'] = env({ REHUP_CONFIG: '/etc/rehup/rehup.yaml', REHUP_METHOD: 'PUT' });
      },
    ],
    [
      'of a container that starts something else',
      ({ pod, rehup }) => {
        pod['shareProcessNamespace'] = false;
        rehup['command'] = ['/bin/wrapper'];
        rehup['env'] = env({ REHUP_SIGNAL: 'nonsense' });
      },
    ],
    [
      'of a command line that starts rehup',
      ({ rehup }) => {
        rehup['command'] = ['/usr/local/bin/node', '/opt/rehup/rehup.cjs'];
        rehup['args'] = ['--signal', 'USR1'];
      },
    ],
    [
      'of root with KILL',
      ({ app, rehup }) => {
        app.securityContext = { runAsUser: 101 };
        rehup.securityContext = rootWithKill;
      },
    ],
    [
      'of root with what root has by default',
      ({ app, rehup }) => {
        app.securityContext = { runAsUser: 101 };
        rehup.securityContext = { runAsUser: 0, runAsNonRoot: false };
      },
    ],
    [
      'of an app whose uid is that of its image, where rehup is given it',
      ({ pod, rehup }) => {
        pod['securityContext'] = {};
        rehup.securityContext = { runAsUser: 101 };
      },
    ],
    [
      'of a mount by subPath beside one of the whole volume',
      ({ app }) => app.volumeMounts.push({ name: 'config', mountPath: '/x', subPath: 'x' }),
    ],
    [
      'of a subPath in a container that is restarted',
      ({ app, rehup }) => {
        app.volumeMounts = [{ name: 'config', mountPath: '/x', subPath: 'x' }];
        rehup['env'] = env({ REHUP_RESTART: 'container' });
      },
    ],
    [
      'of an environment in a container that is restarted, and named',
      ({ app, rehup }) => {
        app.volumeMounts = [];
        app['envFrom'] = [{ configMapRef: { name: 'my-app' } }];
        rehup['env'] = env({ REHUP_RESTART: 'container', REHUP_TARGET: 'container:my-app' });
      },
    ],
    [
      'of a directory that something else writes, and that is named',
      ({ pod, rehup }) => {
        pod.volumes = [{ name: 'config', emptyDir: {} }];
        rehup['env'] = env({ REHUP_WATCH: '/etc/my-app/current' });
      },
    ],
    [
      'of credentials that rehup alone mounts',
      ({ pod, rehup }) => {
        pod.volumes.push({ name: 'token', secret: { secretName: 'token' } });
        rehup.volumeMounts.push({ name: 'token', mountPath: '/token' });
        rehup['env'] = env({ REHUP_URL: url, REHUP_BEARER_FILE: '/token/token' });
      },
    ],
    [
      'of the volume of the service account, as kubectl get shows it',
      ({ pod, app }) => {
        pod.volumes.push({ name: 'api', projected: { sources: [{ configMap: { name: 'ca' } }] } });
        const mountPath = '/var/run/secrets/kubernetes.io/serviceaccount';
        app.volumeMounts.push({ name: 'api', mountPath });
      },
    ],
    [
      'of another reloader beside it',
      ({ pod, app }) =>
        pod.containers.push({ ...app, name: 'old', image: 'example.com/configmap-reload:v0.15' }),
    ],
    [
      'of a port of another protocol',
      ({ app }) => (app['ports'] = [{ containerPort: 9533, protocol: 'UDP' }]),
    ],
    [
      'of a port that is off',
      ({ app, rehup }) => {
        app['ports'] = [{ containerPort: 9533 }];
        rehup['env'] = env({ REHUP_LISTEN: 'off' });
      },
    ],
    [
      'of probes of its own',
      ({ rehup }) => {
        rehup['ports'] = [{ name: 'rehup', containerPort: 9533 }];
        rehup['startupProbe'] = { httpGet: { path: '/readyz', port: 'rehup' } };
        rehup['livenessProbe'] = { tcpSocket: { port: 9533 } };
        rehup['readinessProbe'] = { exec: { command: ['rehup', 'status'] } };
      },
    ],
    [
      'of a state directory in an emptyDir',
      ({ pod, rehup }) => {
        pod.volumes.push({ name: 'state', emptyDir: {} });
        rehup.volumeMounts.push({ name: 'state', mountPath: '/state/' });
        rehup['env'] = env({ REHUP_STATE_DIR: '/state/rehup' });
      },
    ],
    [
      'of rehup once in an init container',
      ({ pod, rehup }) => {
        pod.containers.pop();
        pod['initContainers'] = [{ ...rehup, args: ['once'] }];
      },
    ],
    [
      'of rehup once in an init container beside a rehup that stays',
      ({ pod, rehup }) => {
        pod['initContainers'] = [{ ...rehup, name: 'first', args: ['once'] }];
      },
    ],
    [
      'of another object with a name like a hash',
      ({ pod }) => (pod.volumes = [{ name: 'config', configMap: { name: 'my-app-production' } }]),
    ],
    [
      'where POD_NAME is given to what asks the API',
      ({ pod, rehup }) => {
        const POD_NAME = { fieldRef: { fieldPath: 'metadata.name' } };
        rehup['env'] = env({ REHUP_PROMPT: 'true', POD_NAME });
        pod['automountServiceAccountToken'] = false;
        pod.volumes.push(tokenVolume);
        rehup.volumeMounts.push(tokenMount);
      },
    ],
  ])('%s', (_, change) => {
    expect(findingsIn(changed(change))).toEqual([]);
  });

  it.each(['StatefulSet', 'DaemonSet', 'ReplicaSet'])('in a sound %s', (kind) => {
    expect(idsIn({ ...(changed(() => {}) as object), kind })).toEqual([]);
  });

  it('of volumes that a StatefulSet claims', () => {
    const workload = {
      kind: 'StatefulSet',
      metadata: { name: 'db' },
      spec: {
        volumeClaimTemplates: [{ metadata: { name: 'data' } }],
        template: {
          spec: createPod(createApp(), {
            ...createRehup(),
            env: env({ REHUP_STATE_DIR: '/data' }),
            volumeMounts: [
              { name: 'config', mountPath: '/etc/my-app' },
              { name: 'data', mountPath: '/data' },
            ],
          }),
        },
      },
    };
    expect(idsIn(workload)).toEqual([]);
  });

  it('in a workload that takes nothing from a ConfigMap or Secret', () => {
    const pod = { containers: [{ name: 'a', image: 'b' }] };
    expect(idsIn({ kind: 'Pod', metadata: { name: 'a' }, spec: pod })).toEqual([]);
  });

  it('of a ConfigMap of another namespace', () => {
    const other = {
      kind: 'ConfigMap',
      metadata: { name: 'my-app', namespace: 'x' },
      immutable: true,
    };
    expect(
      idsIn(
        changed(() => {}),
        other,
      ),
    ).toEqual([]);
  });
});

const broken = changed(({ pod }) => (pod['shareProcessNamespace'] = false)) as object;
const template = { spec: createPod(createApp(), createRehup()) };
template.spec['shareProcessNamespace'] = false;

describe('a finding is in', () => {
  it.each([
    ['a Pod', { kind: 'Pod', spec: template.spec }, 'spec.shareProcessNamespace'],
    ['a fragment without a kind', { spec: template.spec }, 'spec.shareProcessNamespace'],
    [
      'a Rollout of Argo',
      { kind: 'Rollout', spec: { template } },
      'spec.template.spec.shareProcessNamespace',
    ],
    [
      'a List',
      { kind: 'List', items: [{ kind: 'Service' }, broken] },
      'items[1].spec.template.spec.shareProcessNamespace',
    ],
  ])('%s', (_, object, path) => {
    expect(findingsIn(object)).toMatchObject([{ id: 'process-namespace-not-shared', path }]);
  });

  it('a CronJob', () => {
    const spec = { ...template.spec, restartPolicy: 'OnFailure' };
    const cronJob = { kind: 'CronJob', spec: { jobTemplate: { spec: { template: { spec } } } } };
    expect(idsIn(cronJob).toSorted()).toEqual(['job-never-ends', 'process-namespace-not-shared']);
  });

  it('JSON, and has its place there', () => {
    const text = JSON.stringify(
      { kind: 'Pod', metadata: { name: 'x' }, spec: template.spec },
      null,
      '\t',
    );
    const [finding] = lintTexts({ 'a.json': text }).findings;
    expect(finding).toMatchObject({ id: 'process-namespace-not-shared', object: 'Pod/x' });
    const line = text.split('\n')[(finding?.line ?? 0) - 1] ?? '';
    expect(line.slice((finding?.column ?? 0) - 1)).toMatch(/^"shareProcessNamespace"/);
  });

  it('each of several files, in the order of files and lines', () => {
    const one = toManifest(broken, { ...broken, metadata: { name: 'second' } });
    const { findings, workloads } = lintTexts({ 'b.yaml': one, 'a.yaml': toManifest(broken) });
    expect(workloads).toBe(3);
    expect(findings.map(({ file, document, object }) => [file, document, object])).toEqual([
      ['a.yaml', 0, 'Deployment/my-app'],
      ['b.yaml', 0, 'Deployment/my-app'],
      ['b.yaml', 1, 'Deployment/second'],
    ]);
    expect(findings[1]?.line).toBeLessThan(findings[2]?.line ?? 0);
  });
});

describe('what is no workload', () => {
  it('is passed over, and a patch is named', () => {
    const { findings, skipped, workloads } = lintTexts({
      'a.yaml': toManifest(
        {
          kind: 'Deployment',
          metadata: { name: 'x' },
          spec: { template: { spec: { containers: [{ name: 'a' }] } } },
        },
        { kind: 'Deployment', metadata: { name: 'y' }, spec: { replicas: 3 } },
        { kind: 'Elephant', spec: { containers: [] } },
        { rules: [] },
        'text',
      ),
    });
    expect({ findings, workloads }).toEqual({ findings: [], workloads: 0 });
    expect(skipped).toEqual([
      {
        file: 'a.yaml',
        reason: expect.stringMatching(/^Deployment\/x is not a complete workload/),
      },
    ]);
  });
});

describe('a document that cannot be read', () => {
  it('is a finding, and the others are read', () => {
    const { findings } = lintTexts({ 'a.yaml': `a: [1\n---\n${toManifest(broken)}` });
    expect(findings.map(({ id, line }) => [id, line])).toEqual([
      ['yaml-syntax', 2],
      ['process-namespace-not-shared', expect.any(Number)],
    ]);
  });

  it('may be a template, which is said once', () => {
    const text = 'kind: Pod\na:\n  {{- include "x" . }}\n  b: 1\n---\nc: [{{ x }\n';
    const { findings, skipped } = lintTexts({ 'a.yaml': text });
    expect(findings).toEqual([]);
    expect(skipped).toEqual([
      { file: 'a.yaml', reason: expect.stringContaining('helm template') as unknown },
    ]);
  });

  it('is none if nobody means it to be a manifest', () => {
    const { findings, skipped } = lintTexts({ 'data.yaml': '- [1\n---\n"' });
    expect(findings).toEqual([]);
    expect(skipped).toHaveLength(1);
  });
});

const misspelt = {
  containers: [
    {
      name: 'rehup',
      image: 'ghcr.io/rehup/rehup:0.1.0',
      env: [{ name: 'REHUP_SIGNL', value: 'HUP' }],
    },
  ],
};

describe('a workload of a kind that is not known here', () => {
  it.each<[string, object]>([
    ['CloneSet', { spec: { template: { spec: misspelt } } }],
    ['DeploymentConfig', { spec: { template: { spec: misspelt } } }],
    ['PodTemplate', { template: { spec: misspelt } }],
    [
      'JobSet',
      { spec: { replicatedJobs: [{ template: { spec: { template: { spec: misspelt } } } }] } },
    ],
    ['LeaderWorkerSet', { spec: { leaderWorkerTemplate: { workerTemplate: { spec: misspelt } } } }],
    ['Rollout', { apiVersion: 'argoproj.io/v1alpha1', spec: { template: { spec: misspelt } } }],
    ['Service', { apiVersion: 'serving.knative.dev/v1', spec: { template: { spec: misspelt } } }],
    ['Something', { spec: { parts: { podTemplate: misspelt } } }],
  ])('is found by its shape: %s', (kind, rest) => {
    expect(idsIn({ kind, metadata: { name: 'x' }, ...rest })).toContain('setting-unknown');
  });

  it('is named where it is not looked at', () => {
    const kafka = {
      kind: 'Kafka',
      metadata: { name: 'k' },
      spec: { kafka: { template: { pod: { affinity: {} } } } },
    };
    const prometheus = {
      kind: 'Prometheus',
      metadata: { name: 'p' },
      spec: { containers: [{ name: 'prometheus', image: 'x' }] },
    };
    const { findings, skipped } = lintTexts({ 'a.yaml': toManifest(kafka, prometheus) });
    expect(findings).toEqual([]);
    expect(skipped.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('Kafka/k: spec.kafka.template.pod is not looked at'),
      expect.stringContaining('Prometheus/p: spec is not looked at'),
    ]);
  });
});

describe('all findings come at once', () => {
  it('of a volume that rehup does not mount yet, the subPath of the app, too', () => {
    const ids = idsIn(
      changed(({ app, rehup }) => {
        app.volumeMounts = [{ name: 'config', mountPath: '/a.conf', subPath: 'a.conf' }];
        rehup.volumeMounts = [];
      }),
    );
    expect(ids).toEqual(expect.arrayContaining(['volume-not-mounted', 'app-mounts-sub-path']));
  });
});

describe('a Job without rehup', () => {
  it.each(['Job', 'CronJob'])('gets no advice: %s', (kind) => {
    const workload = changed(({ pod }) => pod.containers.pop()) as { spec: object };
    const spec = kind === 'Job' ? workload.spec : { jobTemplate: { spec: workload.spec } };
    expect(idsIn({ ...workload, kind, spec })).toEqual([]);
  });
});

describe('a restart', () => {
  const rules = [{ action: 'Restart', exitCodes: { operator: 'In', values: [143] } }];

  it.each([{ restartPolicy: 'Always' }, { restartPolicyRules: rules }])(
    'is possible where the container has a policy of its own: %j',
    (policy) => {
      const workload = changed(({ pod, app, rehup }) => {
        pod['restartPolicy'] = 'Never';
        Object.assign(app, policy);
        rehup['env'] = env({ REHUP_RESTART: 'container' });
      });
      expect(idsIn(workload)).toEqual([]);
    },
  );
});

function rulesFile(rules: unknown): object {
  return {
    kind: 'ConfigMap',
    metadata: { name: 'rehup' },
    data: { 'rules.yaml': stringify(rules) },
  };
}

describe('the file of REHUP_CONFIG', () => {
  const workload = changed(({ pod, rehup }) => {
    pod['shareProcessNamespace'] = false;
    pod.volumes.push({
      name: 'rules',
      configMap: { name: 'rehup', items: [{ key: 'rules.yaml', path: 'conf/rehup.yaml' }] },
    });
    rehup.volumeMounts.push({ name: 'rules', mountPath: '/etc/rehup' });
    rehup['env'] = env({ REHUP_CONFIG: '/etc/rehup/conf/rehup.yaml' });
  });

  it('is read from its ConfigMap, and its volume is not watched', () => {
    expect(idsIn(workload, rulesFile({ rules: [{ name: 'a', url }] }))).toEqual([]);
    expect(idsIn(workload, rulesFile({ rules: [{ name: 'a', url }, { name: 'b' }] }))).toEqual([
      'process-namespace-not-shared',
    ]);
  });

  it('has a say that the environment must not take from it', () => {
    const rules = rulesFile({ rules: [{ name: 'a', url, target: 'container:nobody' }] });
    expect(findingsIn(workload, rules)).toMatchObject([
      { id: 'target-not-found', remedies: [{ text: 'name the app: container:my-app', edits: [] }] },
    ]);
  });

  it('has no say in the port', () => {
    const taken = structuredClone(workload) as { spec: { template: { spec: TestPod } } };
    const [app] = taken.spec.template.spec.containers;
    Object.assign(app ?? {}, { ports: [{ containerPort: 9533 }] });
    const findings = findingsIn(taken, rulesFile({ rules: [{ name: 'a', url }] }));
    expect(findings).toMatchObject([
      {
        id: 'port-in-use',
        remedies: [{ edits: [{ value: { name: 'REHUP_LISTEN', value: ':9534' } }] }],
      },
    ]);
  });

  it('has mistakes where the ConfigMap has it', () => {
    const findings = findingsIn(workload, rulesFile({ rules: [{ name: 'a', settel: '3s' }] }));
    expect(findings).toMatchObject([
      {
        id: 'config-file-invalid',
        path: 'data["rules.yaml"]',
        message: '/etc/rehup/conf/rehup.yaml: rules[0]: settel: is not known; did you mean settle?',
      },
    ]);
  });

  it('has values that do not parse, and contradictions', () => {
    const rules = [
      { name: 'a', timeout: 'soon' },
      { name: 'b', url, signal: 'HUP' },
    ];
    expect(
      findingsIn(workload, rulesFile({ rules })).map(({ id, message }) => [id, message]),
    ).toEqual([
      ['config-file-invalid', expect.stringMatching(/^rule a: timeout=soon: is not a duration/)],
      [
        'config-file-invalid',
        expect.stringMatching(/^REHUP_SIGNAL and REHUP_URL: are two actions/),
      ],
    ]);
  });
});

describe('what is said of settings', () => {
  it('is what the daemon says', () => {
    const workload = changed(({ rehup }) => (rehup['env'] = env({ REHUP_SETTLE: '3 seconds' })));
    expect(findingsIn(workload)).toMatchObject([
      {
        message:
          'REHUP_SETTLE=3 seconds: is not a duration; write a number with a unit: 250ms, 3s, 2m, 1h',
        path: 'spec.template.spec.containers[1].env[0].value',
      },
    ]);
  });

  it('is said of each problem', () => {
    const values = { REHUP_SETLE: '1', REHUP_POLL: 'x', REHUP_BODY: 'b', REHUP_SIGNAL: 'HUP' };
    const workload = changed(({ rehup }) => (rehup['env'] = env({ ...values, REHUP_EXEC: 'x' })));
    expect(idsIn(workload).toSorted()).toEqual([
      'setting-conflict',
      'setting-conflict',
      'setting-invalid',
      'setting-unknown',
    ]);
  });

  it('shows no value that may hold credentials', () => {
    const workload = changed(({ rehup }) => {
      rehup['env'] = env({ REHUP_URL: 'ftp://user:hunter2@x/', REHUP_HEADER: 'hunter2' });
    });
    const text = JSON.stringify(findingsIn(workload));
    expect(text).toContain('REHUP_URL');
    expect(text).not.toContain('hunter2');
  });
});

describe('--ignore', () => {
  it('leaves findings out', () => {
    const text = toManifest(broken);
    expect(lintTexts({ 'a.yaml': text }, ['process-namespace-not-shared']).findings).toEqual([]);
  });
});
