import { describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { loadConfig } from '../../../../src/config/load.ts';
import { inject, type Injected } from '../../../../src/tools/inject/inject.ts';
import { type RawInjectOptions, parseInjectOptions } from '../../../../src/tools/inject/options.ts';
import { parseSidecar as parseArguments } from '../../../../src/cli/program.ts';
import { RESOURCES } from '../../../../src/tools/manifest/resources.ts';
import { lint } from '../../../../src/tools/lint/lint.ts';

type Given = Partial<RawInjectOptions>;

function injectInto(text: string, given: Given = {}): Injected {
  const raw = { resources: true, ports: true, probes: true, ...given };
  const options = parseInjectOptions('a.yaml', raw);
  const { settings } = loadConfig({ flags: {}, env: options.env });
  const usesApi = options.env['REHUP_PROMPT'] !== undefined;
  return inject({ file: 'a.yaml', text }, { ...options, settings, usesApi });
}

/** What lint has against it, but for advice. */
function complaintsAbout(text: string): string[] {
  const sources = { sources: [{ file: 'a.yaml', text }], skipped: [] };
  const { findings } = lint(sources, { kubernetes: undefined, ignore: [] }, parseArguments);
  // What the manifest does not tell is no fault of what is added.
  const ids = findings.filter(({ severity }) => severity !== 'note').map(({ id }) => id);
  return ids.filter((id) => id !== 'app-uid-unknown');
}

const pod = `kind: Pod
metadata: { name: my-app }
spec:
  securityContext: { runAsUser: 10001, runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
  containers:
    - name: my-app
      image: example.com/my-app:1.0
      volumeMounts: [{ name: config, mountPath: /etc/my-app }]
  volumes:
    - name: config
      configMap: { name: my-app }
`;

/** The pod, with something else in it. */
const podWith = (...changes: [string, string][]): string =>
  changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`${from} is not there`);
    return text.replace(from, to);
  }, pod);

type Spec = Record<string, unknown> & { initContainers?: Sidecar[]; containers: Sidecar[] };
type Sidecar = Record<string, unknown> & {
  name: string;
  env: { name: string; value: string }[];
  securityContext: Record<string, unknown>;
};

function specOf(text: string): Spec {
  return (parse(text) as { spec: Spec }).spec;
}

function sidecarOf(text: string, given?: Given): Sidecar {
  const { initContainers = [], containers } = specOf(injectInto(text, given).text);
  const sidecar = [...initContainers, ...containers].find(({ name }) => name === 'rehup');
  if (sidecar === undefined) throw new Error('no rehup there');
  return sidecar;
}

describe('the sidecar', () => {
  it('is the one of the README', () => {
    expect(injectInto(pod).text).toBe(
      podWith([
        '  containers:\n',
        `  shareProcessNamespace: true
  initContainers:
    - name: rehup
      image: ghcr.io/rehup/rehup:0.1.0
      restartPolicy: Always
      ports:
        - name: rehup
          containerPort: 9533
      startupProbe:
        httpGet:
          path: /readyz
          port: 9533
        periodSeconds: 1
        failureThreshold: 30
      livenessProbe:
        httpGet:
          path: /healthz
          port: 9533
      resources:
        requests:
          cpu: 5m
          memory: 48Mi
        limits:
          memory: 64Mi
      securityContext:
        allowPrivilegeEscalation: false
        readOnlyRootFilesystem: true
        capabilities:
          drop:
            - ALL
      terminationMessagePolicy: FallbackToLogsOnError
      volumeMounts:
        - name: config
          mountPath: /etc/my-app
  containers:
`,
      ]),
    );
  });

  it('has the rule by which the kubelet restarts the pod, and remembers it', () => {
    const { text } = injectInto(pod, { env: ['REHUP_RESTART=pod'] });
    const { initContainers = [], volumes, shareProcessNamespace } = specOf(text);
    expect(shareProcessNamespace).toBeUndefined();
    expect(initContainers[0]).toMatchObject({
      restartPolicy: 'Always',
      restartPolicyRules: [
        { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } },
      ],
      env: [
        { name: 'REHUP_RESTART', value: 'pod' },
        { name: 'REHUP_STATE_DIR', value: '/var/lib/rehup' },
      ],
    });
    expect(volumes).toContainEqual({ name: 'rehup-state', emptyDir: {} });
    expect(complaintsAbout(text)).toEqual([]);
    const old = { env: ['REHUP_RESTART=pod'], kubernetes: '1.35' };
    expect(() => injectInto(pod, old)).toThrow('REHUP_RESTART=pod takes Kubernetes 1.36');
  });

  it('has no user for OpenShift, and reads what only the owner may read', () => {
    const foreign = podWith(
      [
        '  securityContext: { runAsUser: 10001, runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }\n',
        '',
      ],
      ['configMap: { name: my-app }', 'secret: { secretName: my-app, defaultMode: 0400 }'],
    );
    const { text, remarks } = injectInto(foreign, { platform: 'openshift' });
    const [sidecar] = specOf(text).initContainers ?? [];
    expect(remarks).toEqual([]);
    expect(sidecar?.securityContext).toEqual({
      runAsNonRoot: true,
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    });
    const sources = { sources: [{ file: 'a.yaml', text }], skipped: [] };
    const options = { kubernetes: undefined, platform: 'openshift', ignore: [] } as const;
    expect(lint(sources, options, parseArguments).findings).toEqual([]);
    // Without OpenShift the same volume is closed, and the uid unknown.
    expect(injectInto(foreign).left).toMatchObject([{ isRefused: true }]);
  });

  it('is a plain container for an older server', () => {
    for (const given of [{ sidecar: 'plain' }, { kubernetes: '1.28' }]) {
      const { initContainers, containers } = specOf(injectInto(pod, given).text);
      expect(initContainers).toBeUndefined();
      expect(containers.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual([
        ['my-app', undefined],
        ['rehup', undefined],
      ]);
    }
  });

  it.each([
    [{ image: 'mirror:5000/rehup' }, 'mirror:5000/rehup:0.1.0'],
    [{ image: 'mirror/rehup:7' }, 'mirror/rehup:7'],
    [{ image: 'mirror/rehup@sha256:01' }, 'mirror/rehup@sha256:01'],
    [{ tag: '0.2.0' }, 'ghcr.io/rehup/rehup:0.2.0'],
  ])('has the image of %j', (given, image) => {
    expect(sidecarOf(pod, given)['image']).toBe(image);
  });

  it('has what the flags say, and lacks what they leave out', () => {
    const given = { resources: false, ports: false, probes: false, env: ['REHUP_SIGNAL=USR1'] };
    const sidecar = sidecarOf(pod, given);
    expect(Object.keys(sidecar)).toEqual([
      'name',
      'image',
      'restartPolicy',
      'env',
      'securityContext',
      'terminationMessagePolicy',
      'volumeMounts',
    ]);
    expect(sidecar.env).toEqual([{ name: 'REHUP_SIGNAL', value: 'USR1' }]);
    expect(sidecarOf(pod, { memoryLimit: '96Mi', cpu: '10m' })['resources']).toEqual({
      requests: { cpu: '10m', memory: '48Mi' },
      limits: { memory: '96Mi' },
    });
  });

  it.each(['off', '127.0.0.1:9533'])('has no probes where it listens at %s', (address) => {
    const sidecar = sidecarOf(pod, { env: [`REHUP_LISTEN=${address}`] });
    expect(sidecar).not.toHaveProperty('ports');
    expect(sidecar).not.toHaveProperty('startupProbe');
    expect(sidecar.env).toEqual([{ name: 'REHUP_LISTEN', value: address }]);
  });

  it('goes out of the way of a port', () => {
    const text = podWith([
      '      volumeMounts',
      '      ports: [{ containerPort: 9533 }]\n      volumeMounts',
    ]);
    expect(sidecarOf(text)).toMatchObject({
      env: [{ name: 'REHUP_LISTEN', value: ':9534' }],
      ports: [{ containerPort: 9534 }],
      livenessProbe: { httpGet: { port: 9534 } },
    });
  });

  it('needs no process namespace for a request', () => {
    const { text } = injectInto(pod, { env: ['REHUP_URL=http://127.0.0.1/'] });
    expect(specOf(text)).not.toHaveProperty('shareProcessNamespace');
  });

  it('gets the name of the app that was named, where others mount the volume, too', () => {
    const other =
      '    - name: shipper\n      image: s\n      volumeMounts: [{ name: config, mountPath: /c }]\n';
    const text = podWith(['  volumes:\n', `${other}  volumes:\n`]);
    expect(sidecarOf(text, { container: 'my-app' }).env).toEqual([
      { name: 'REHUP_TARGET', value: 'container:my-app' },
    ]);
    expect(sidecarOf(pod, { container: 'my-app' })).not.toHaveProperty('env');
  });

  it('gets the name of the pod where it asks the API', () => {
    expect(sidecarOf(pod, { env: ['REHUP_PROMPT=true'] }).env).toEqual([
      { name: 'REHUP_PROMPT', value: 'true' },
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
    ]);
  });

  it('gets an emptyDir for its state', () => {
    const { text } = injectInto(pod, { env: ['REHUP_STATE_DIR=/state'] });
    expect(specOf(text)['volumes']).toContainEqual({ name: 'rehup-state', emptyDir: {} });
    expect(complaintsAbout(text)).toEqual([]);
  });
});

describe('the user', () => {
  const own = (security: string): string =>
    podWith(['      volumeMounts', `      securityContext: ${security}\n      volumeMounts`]);
  const bare = podWith([/.*securityContext.*\n/.exec(pod)?.[0] ?? '', '']);

  it.each<[string, string, Given, Record<string, unknown>]>([
    ['of the app', own('{ runAsUser: 101 }'), {}, { runAsUser: 101 }],
    ['of the pod, which need not be repeated', own('{ runAsUser: 10001 }'), {}, {}],
    ['of the app that is root', own('{ runAsUser: 0 }'), {}, { runAsUser: 0, runAsNonRoot: false }],
    ['of the flag', own('{ runAsUser: 101 }'), { uid: '7' }, { runAsUser: 7 }],
    [
      'of the image, if nothing is known',
      bare,
      {},
      { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
    ],
  ])('is that %s', (_, text, given, expected) => {
    expect(sidecarOf(text, given).securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
      ...expected,
    });
  });
});

describe('the volumes', () => {
  const several = `kind: Pod
spec:
  securityContext: { runAsUser: 1 }
  initContainers: [{ name: init, image: i, volumeMounts: [{ name: early, mountPath: /early }] }]
  containers:
    - name: one
      image: a
      volumeMounts:
        - { name: config, mountPath: /etc/config/ }
        - { name: config, mountPath: /again }
        - { name: tls, mountPath: /tls }
        - { name: key, mountPath: /key, subPath: key }
        - { name: data, mountPath: /data }
        - { name: token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount }
    - name: two
      image: b
      volumeMounts: [{ name: mixed, mountPath: /tls }]
  volumes:
    - { name: early, configMap: { name: early } }
    - { name: config, configMap: { name: config } }
    - { name: tls, secret: { secretName: tls } }
    - { name: key, secret: { secretName: key } }
    - { name: data, emptyDir: {} }
    - { name: token, projected: { sources: [{ configMap: { name: ca } }] } }
    - { name: mixed, projected: { sources: [{ secret: { name: a } }, { configMap: { name: b } }] } }
`;

  it.each<[Given, [string, string][]]>([
    [
      {},
      [
        ['config', '/etc/config'],
        ['tls', '/tls'],
        ['mixed', '/etc/watched/mixed'],
      ],
    ],
    [{ container: 'two' }, [['mixed', '/tls']]],
    [
      { volume: ['tls,mixed'] },
      [
        ['tls', '/tls'],
        ['mixed', '/etc/watched/mixed'],
      ],
    ],
    [{ volume: ['key'] }, [['key', '/etc/watched/key']]],
    [
      { volume: ['data', 'tls'] },
      [
        ['tls', '/tls'],
        ['data', '/data'],
      ],
    ],
  ])('with %j are %j', (given, expected) => {
    const { volumeMounts } = sidecarOf(several, given) as { volumeMounts?: unknown };
    const mounts = expected.map(([name, mountPath]) => ({ name, mountPath }));
    expect(volumeMounts).toHaveLength(mounts.length);
    expect(volumeMounts).toEqual(expect.arrayContaining(mounts));
  });

  it('are named to rehup where it would not find them', () => {
    expect(sidecarOf(several, { volume: ['data'] }).env).toEqual([
      { name: 'REHUP_WATCH', value: '/data' },
    ]);
  });

  it('are mounted by subPath only where the container is restarted', () => {
    const text = podWith(['/etc/my-app }', '/etc/my-app/a.conf, subPath: a.conf }']);
    expect(injectInto(text).left).toEqual([
      {
        object: 'Pod/my-app',
        reason: expect.stringContaining('REHUP_RESTART=container'),
        isRefused: false,
      },
    ]);
    const given = { env: ['REHUP_RESTART=container'] };
    expect(sidecarOf(text, given)['volumeMounts']).toEqual([
      { name: 'config', mountPath: '/etc/watched/config' },
    ]);
    expect(complaintsAbout(injectInto(text, given).text)).toEqual([]);
  });

  it('tell a native sidecar whom to restart, since init containers run beside it, too', () => {
    const env = ['REHUP_RESTART=container'];
    const target = { name: 'REHUP_TARGET', value: 'container:my-app' };
    expect(sidecarOf(pod, { env })['env']).toContainEqual(target);
    expect(sidecarOf(pod, { env, sidecar: 'plain' })['env']).not.toContainEqual(target);
    const own = [...env, 'REHUP_TARGET=name:app'];
    expect(sidecarOf(pod, { env: own })['env']).toContainEqual({ ...target, value: 'name:app' });
  });

  it('are made of what a container that is restarted has in its environment', () => {
    const text = `kind: Pod
metadata: { name: my-app }
spec:
  containers:
    - name: my-app
      image: a
      securityContext: { runAsUser: 7 }
      envFrom: [{ configMapRef: { name: my.app } }, { secretRef: { name: my-app } }]
`;
    expect(injectInto(text).left[0]?.reason).toContain('from the environment');
    const after = injectInto(text, { env: ['REHUP_RESTART=container'] }).text;
    expect(specOf(after)['volumes']).toEqual([
      { name: 'my-app', configMap: { name: 'my.app' } },
      { name: 'secret-my-app', secret: { secretName: 'my-app' } },
    ]);
    expect(sidecarOf(text, { env: ['REHUP_RESTART=container'] })).toMatchObject({
      env: [{ name: 'REHUP_TARGET', value: 'container:my-app' }, { name: 'REHUP_RESTART' }],
      securityContext: { runAsUser: 7 },
    });
    expect(complaintsAbout(after)).toEqual([]);
  });
});

describe('a workload is left as it is', () => {
  it.each<[string, string, Given, RegExp]>([
    ['that has rehup', injectInto(pod).text, {}, /has rehup already/],
    [
      'that mounts nothing of the kind',
      podWith(['configMap: { name: my-app }', 'emptyDir: {}']),
      {},
      /mounts no ConfigMap or Secret/,
    ],
    ['that has no such volume', pod, { volume: ['other'] }, /mounts no volume other/],
    ['that has no such container', pod, { container: 'other' }, /has no container other/],
  ])('%s', (_, text, given, reason) => {
    const after = injectInto(text, given);
    expect(after.text).toBe(text);
    expect(after.changed).toEqual([]);
    expect(after.left).toEqual([
      { object: 'Pod/my-app', reason: expect.stringMatching(reason), isRefused: false },
    ]);
  });
});

describe('the text', () => {
  const texts: Record<string, string> = {
    'with comments and a layout of its own': `# top
apiVersion: apps/v1
kind:   Deployment     # a kind
metadata: {name: web, annotations: {octal: 0644, date: 2020-01-01, on: "yes"}}
spec:
  template:
    spec:
        # first comment
        securityContext: {runAsUser: 0x3E8}


        script: |
          # not a comment
        # the app
        # runs here
        containers:
        - image: "nginx:1.30"   # trailing
          name: web
          volumeMounts:
          - {name: config, mountPath: /etc/web}
        # after the list
        volumes:
        - name: config
          configMap: {name: web, defaultMode: 0644}
---
kind: Service
`,
    'with Windows line ends': pod.replaceAll('\n', '\r\n'),
    'without a line end': pod.trimEnd(),
    'that begins with the containers': `kind: Pod
spec:
  # the app
  containers:
    - name: a
      image: b
      securityContext: { runAsUser: 1 }
      volumeMounts: [{ name: c, mountPath: /c }]
  volumes: [{ name: c, configMap: { name: c } }]
`,
    'of a List': `kind: List
items:
- kind: Pod
  spec:
    containers:
    - name: a
      image: b
      volumeMounts: [{name: c, mountPath: /c}]
    volumes: [{name: c, secret: {secretName: c}}]
- kind: Pod
  spec: {containers: [{name: a, image: b, volumeMounts: [{name: c, mountPath: /c}]}], volumes: [{name: c, configMap: {name: c}}]}
`,
    'whose list items are pod specs': `kind: PodList
items:
  - spec:
      containers: [{ name: a, image: b, volumeMounts: [{ name: c, mountPath: /c }] }]
      initContainers: []
      volumes: [{ name: c, configMap: { name: c } }]
  - spec: { initContainers: [ { name: i, image: i }, ], containers: [ { name: a, image: b, volumeMounts: [ { name: c, mountPath: /c } ] } ], volumes: [ { name: c, configMap: { name: c } } ] }
`,
    'with keys that have nothing behind them': `kind: Pod
spec:
  shareProcessNamespace:
  initContainers:   # none yet
  containers:
    - name: a
      image: b
      volumeMounts: [{ name: c, mountPath: /c }]
  volumes: [{ name: c, configMap: { name: c } }]
`,
    'that says the contrary': pod.replace(
      'spec:\n',
      'spec:\n  shareProcessNamespace: false # no\n',
    ),
    'with anchors': `kind: List
base: &base
  containers: &containers
    - name: a
      image: b
      volumeMounts: [{ name: c, mountPath: /c }]
  volumes: [{ name: c, configMap: { name: c } }]
items:
  - kind: Pod
    metadata: { name: one }
    spec: *base
  - kind: Pod
    metadata: { name: two }
    spec: *base
`,
    'in JSON': `${JSON.stringify(parse(pod), null, 2)}\n`,
    'in JSON on one line': JSON.stringify(parse(pod)),
    'in JSON with tabs': JSON.stringify(parse(pod), null, '\t'),
  };
  const forms: Given[] = [{}, { sidecar: 'plain' }, { env: ['REHUP_STATE_DIR=/state'] }];
  const table = Object.entries(texts).flatMap(([name, text]) =>
    forms.map((given) => ({ name, text, given })),
  );

  it.each(table)('$name keeps all that it had, with $given', ({ text, given }) => {
    const after = injectInto(text, given).text;
    expect(parseAllDocuments(after).flatMap(({ errors }) => errors)).toEqual([]);
    expect(after).not.toBe(text);
    expect(complaintsAbout(after)).toEqual([]);
    expect(injectInto(after, given).text).toBe(after);
    const lines = new Set(after.split(/\r?\n/).map((line) => line.trim()));
    const lost = text.split(/\r?\n/).filter((line) => !lines.has(line.trim()));
    // Only what is written in braces, and what is corrected, has changed.
    expect(
      lost.filter((line) => !/[{[\]}]|shareProcessNamespace|initContainers/.test(line)),
    ).toEqual([]);
  });

  it('gets the new keys in front of the containers and their comments', () => {
    const { text } = injectInto(texts['with comments and a layout of its own'] ?? '');
    expect(text).toContain(
      '          # not a comment\n        shareProcessNamespace: true\n        initContainers:\n        - name: rehup\n',
    );
    expect(text).toContain(
      'mountPath: /etc/web\n        # the app\n        # runs here\n        containers:\n',
    );
  });

  it('keeps its line ends', () => {
    const after = injectInto(pod.replaceAll('\n', '\r\n')).text;
    expect(after.replaceAll('\r\n', '')).not.toContain('\n');
    expect(after.replaceAll('\r\n', '\n')).toBe(injectInto(pod).text);
  });

  it('of JSON is JSON, laid out as before', () => {
    for (const indent of [0, 2, '\t']) {
      const { text } = injectInto(JSON.stringify(parse(pod), null, indent));
      expect(text).toBe(JSON.stringify(JSON.parse(text), null, indent));
    }
  });

  it('that is not YAML is refused, with the place', () => {
    expect(() => injectInto(`${pod}---\na: [\n`)).toThrow(/^a\.yaml:\d+:\d+: /);
  });

  it('may take its containers from elsewhere', () => {
    const text = `base: &base
  containers: [{ name: a, image: b, volumeMounts: [{ name: c, mountPath: /c }] }]
kind: Pod
metadata: { name: x }
spec:
  volumes: [{ name: c, configMap: { name: c } }]
  <<: *base
`;
    const { text: after } = injectInto(text);
    expect(complaintsAbout(after)).toEqual([]);
  });
});

function readExample(file: string): string {
  return readFileSync(new URL(`../../../../examples/${file}`, import.meta.url), 'utf8');
}

describe('the examples', () => {
  it('have the resources that are added here', () => {
    const values = parse(readExample('helm/rehup/values.yaml')) as { resources: unknown };
    const patch = parse(readExample('kustomize/rehup/sidecar.yaml')) as {
      spec: { template: { spec: Spec } };
    };
    const [sidecar] = patch.spec.template.spec.initContainers ?? [];
    expect([values.resources, sidecar?.['resources']]).toEqual([RESOURCES, RESOURCES]);
  });
});

describe('options', () => {
  it.each<[Given, string]>([
    [{ sidecar: 'both' }, '--sidecar=both: is not one of native, plain'],
    [{ kubernetes: 'old' }, '--kubernetes=old: is not a version of Kubernetes'],
    [{ sidecar: 'native', kubernetes: '1.20' }, 'Kubernetes 1.20 does not know native sidecars'],
    [{ uid: 'root' }, '--uid=root: is not a uid'],
    [{ env: ['PATH=/bin'] }, '--env=PATH: is not a setting of rehup'],
    [{ env: ['REHUP_URL'] }, '--env=REHUP_URL: is not a setting of rehup'],
    [{ memory: 'much' }, '--memory=much: is not a quantity'],
    [{ image: 'a:1', tag: '2' }, '--tag=2: --image has a tag already'],
    [{ write: true, diff: true }, '--write, --diff: are two things'],
    [{ env: ['REHUP_SETTLE=soon'] }, 'REHUP_SETTLE=soon: is not a duration'],
  ])('%j are refused', (given, reason) => {
    expect(() => injectInto(pod, given)).toThrow(reason);
  });
});
