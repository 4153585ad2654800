import { tokenMount, tokenVolume } from '../../../../src/tools/manifest/token.ts';
import {
  createApp,
  createDeployment,
  createPod,
  createRehup,
  type TestContainer,
  type TestPod,
  type TestWorkload,
  toManifest,
} from '../../../support/manifest.ts';

/** A manifest that has exactly one kind of finding. */
export type Case = {
  id: string;
  /** What is special about it, where an id has several. */
  title?: string;
  manifest: string;
  /** `--kubernetes`. */
  kubernetes?: number;
  /** `--platform`. */
  platform?: 'openshift';
};

type Parts = { workload: TestWorkload; pod: TestPod; app: TestContainer; rehup: TestContainer };

/** The sound workload, changed; and what is to be in the file beside it. */
function changed(change: (parts: Parts) => void, ...others: readonly unknown[]): string {
  const [app, rehup] = [createApp(), createRehup()];
  const pod = createPod(app, rehup);
  const workload = createDeployment(pod);
  change({ workload, pod, app, rehup });
  return toManifest(workload, ...others);
}

/** The same as a Job, with rehup as a native sidecar. */
function job(change: (parts: Parts) => void): string {
  return changed((parts) => {
    parts.workload.kind = 'Job';
    set(parts.pod, { restartPolicy: 'Never' });
    makeNative(parts);
    change(parts);
  });
}

function makeNative({ pod, rehup }: Parts): void {
  pod.containers.pop();
  set(pod, { initContainers: [rehup] });
  set(rehup, { restartPolicy: 'Always' });
}

/** rehup publishes from the ConfigMap into a volume that the app mounts. */
function publishing(
  change: (parts: Parts) => void,
  env: Record<string, unknown> = {},
  ...others: readonly unknown[]
): string {
  return changed(
    (parts) => {
      const { pod, app, rehup } = parts;
      pod.volumes.push({ name: 'published', emptyDir: { sizeLimit: '16Mi' } });
      set(app, { volumeMounts: [{ name: 'published', mountPath: '/etc/my-app', readOnly: true }] });
      rehup.volumeMounts.push({ name: 'published', mountPath: '/published' });
      setEnv(rehup, { REHUP_PUBLISH: '/published', ...env });
      makeNative(parts);
      set(rehup, { startupProbe: { httpGet: { path: '/readyz', port: 9533 }, periodSeconds: 1 } });
      change(parts);
    },
    ...others,
  );
}

function mountNext({ pod, rehup }: Parts, name: string): void {
  pod.volumes.push({ name: 'next', configMap: { name } });
  rehup.volumeMounts.push({ name: 'next', mountPath: '/etc/next' });
}

/** A second ConfigMap is next, and holds this. */
function canary(data: Record<string, string>): string {
  return publishing(
    (parts) => mountNext(parts, 'my-next'),
    { REHUP_CANARY: '/etc/next' },
    configMap({ metadata: { name: 'my-next' }, data }),
  );
}

/** rehup with these variables. */
function withEnv(env: Record<string, unknown>, ...others: readonly unknown[]): string {
  return changed(({ rehup }) => setEnv(rehup, env), ...others);
}

/** rehup is to have the pod restarted, and remembers it. */
function restartPod({ pod, rehup }: Parts): void {
  setEnv(rehup, { REHUP_RESTART: 'pod', REHUP_STATE_DIR: '/state' });
  pod.volumes.push({ name: 'state', emptyDir: {} });
  rehup.volumeMounts.push({ name: 'state', mountPath: '/state' });
}

function rule(values: number[], operator = 'In', action = 'RestartAllContainers'): object {
  return { action, exitCodes: { operator, values } };
}

/** The same as a native sidecar with these rules. */
function podRestart(
  rules: object[] | undefined,
  change: (parts: Parts) => void = () => {},
): string {
  return changed((parts) => {
    restartPod(parts);
    makeNative(parts);
    if (rules) set(parts.rehup, { restartPolicyRules: rules });
    change(parts);
  });
}

function withEnvOf(env: object[]): string {
  return changed(({ rehup }) => set(rehup, { env }));
}

function setEnv(rehup: TestContainer, env: Record<string, unknown>): void {
  set(rehup, { env: Object.entries(env).map(([name, value]) => ({ name, value })) });
}

/** What is `undefined` is not written. */
function set(parent: object | undefined, values: Record<string, unknown>): void {
  Object.assign(parent ?? {}, values);
}

function configMap(values: Record<string, unknown>): object {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'my-app' }, ...values };
}

const podFields = ['name', 'namespace'].map((field) => ({
  name: `POD_${field.toUpperCase()}`,
  valueFrom: { fieldRef: { fieldPath: `metadata.${field}` } },
}));

/** A token in rehup alone. */
function giveToken({ pod, rehup }: Parts): void {
  set(pod, { automountServiceAccountToken: false });
  pod.volumes.push(tokenVolume);
  rehup.volumeMounts.push(tokenMount);
}

/** The same with variables that need one. */
function withApi(env: object[]): string {
  return changed((parts) => {
    giveToken(parts);
    set(parts.rehup, { env });
  });
}

const secret = { name: 'tls', secret: { secretName: 'tls' } };

export const cases: readonly Case[] = [
  {
    id: 'process-namespace-not-shared',
    manifest: changed(({ pod }) => set(pod, { shareProcessNamespace: false })),
  },
  {
    id: 'process-namespace-not-shared',
    title: 'with a restart after failed requests',
    manifest: changed(({ pod, rehup }) => {
      set(pod, { shareProcessNamespace: undefined });
      setEnv(rehup, { REHUP_URL: 'http://127.0.0.1:80/', REHUP_ON_FAILURE: 'restart' });
    }),
  },
  { id: 'target-not-found', manifest: withEnv({ REHUP_TARGET: 'container:myapp' }) },
  {
    id: 'target-not-found',
    title: 'that is rehup itself, by a flag',
    manifest: changed(({ rehup }) => set(rehup, { args: ['--target', 'container:rehup'] })),
  },
  {
    id: 'target-in-init-container',
    manifest: changed(({ pod, rehup }) => {
      set(pod, { initContainers: [{ name: 'migrate', image: 'example.com/migrate:1' }] });
      setEnv(rehup, { REHUP_TARGET: 'container:migrate' });
    }),
  },
  {
    id: 'target-ambiguous',
    manifest: changed(({ pod, app }) => pod.containers.push({ ...app, name: 'shipper' })),
  },
  {
    id: 'stop-signal-differs',
    manifest: changed(({ app, rehup }) => {
      set(app, { lifecycle: { stopSignal: 'SIGQUIT' } });
      setEnv(rehup, { REHUP_RESTART: 'container', REHUP_TARGET: 'container:my-app' });
    }),
  },
  {
    id: 'publish-not-mounted',
    manifest: publishing(({ rehup }) => {
      Object.assign(rehup.volumeMounts.at(-1) ?? {}, { readOnly: true });
    }),
  },
  {
    id: 'app-bypasses-publish',
    manifest: publishing(({ app }) => {
      app.volumeMounts.push({ name: 'config', mountPath: '/etc/more' });
    }),
  },
  {
    id: 'published-by-sub-path',
    manifest: publishing(({ app }) => {
      set(app, {
        volumeMounts: [
          { name: 'published', mountPath: '/etc/app.conf', subPath: 'app.conf', readOnly: true },
        ],
      });
    }),
  },
  {
    id: 'in-place-without-signal',
    manifest: publishing(() => {}, {
      REHUP_ACTION: 'none',
      REHUP_PUBLISH_AS: 'app.conf=in-place',
    }),
  },
  {
    id: 'env-without-restart',
    manifest: publishing(() => {}, { REHUP_PUBLISH_AS: '*=env' }),
  },
  {
    id: 'env-without-restart',
    title: 'that tells the app nothing',
    manifest: publishing(() => {}, { REHUP_PUBLISH_AS: '*=env', REHUP_ACTION: 'none' }),
  },
  {
    id: 'canary-sources',
    manifest: publishing(() => {}, { REHUP_CANARY: '/etc/next' }),
  },
  {
    id: 'canary-sources',
    title: 'where two may be the stable one',
    manifest: publishing(
      (parts) => {
        mountNext(parts, 'my-next');
        parts.pod.volumes.push({ name: 'more', configMap: { name: 'more' } });
        parts.rehup.volumeMounts.push({ name: 'more', mountPath: '/etc/more' });
      },
      { REHUP_CANARY: '/etc/next' },
    ),
  },
  {
    id: 'canary-same-object',
    manifest: publishing((parts) => mountNext(parts, 'my-app'), { REHUP_CANARY: '/etc/next' }),
  },
  {
    id: 'canary-percent',
    manifest: canary({ 'app.conf': 'next' }),
  },
  {
    id: 'canary-percent',
    title: 'where it is no number',
    manifest: canary({ 'app.conf': 'next', 'rehup.percent': 'some' }),
  },
  {
    id: 'canary-without-pod-name',
    manifest: publishing(
      (parts) => {
        mountNext(parts, 'my-next');
        set(parts.pod, { hostNetwork: true });
        const httpGet = { host: '127.0.0.1', path: '/readyz', port: 9533 };
        set(parts.rehup, { startupProbe: { httpGet, periodSeconds: 1 } });
      },
      { REHUP_CANARY: '/etc/next', REHUP_LISTEN: '127.0.0.1:9533' },
    ),
  },
  {
    id: 'secret-published-on-disk',
    title: 'that comes from the API',
    manifest: publishing(giveToken, { REHUP_SOURCE: 'configmap/my-app,secret/my-app' }),
  },
  {
    id: 'secret-published-on-disk',
    manifest: publishing(({ pod }) => {
      pod.volumes[0] = { name: 'config', secret: { secretName: 'my-app' } };
    }),
  },
  {
    id: 'app-bypasses-publish',
    title: 'in an init container',
    manifest: publishing(
      ({ pod }) => {
        const volumeMounts = [{ name: 'config', mountPath: '/etc/my-app', readOnly: true }];
        const prepare = { name: 'prepare', image: 'example.com/prepare:1', volumeMounts };
        set(pod, { initContainers: [...(pod['initContainers'] as object[]), prepare] });
      },
      { REHUP_TARGET: 'container:my-app' },
    ),
  },
  {
    id: 'published-not-read',
    manifest: publishing(({ app }) => set(app, { volumeMounts: [] }), {
      REHUP_URL: 'http://127.0.0.1:8080/',
    }),
  },
  {
    id: 'published-writable',
    manifest: publishing(({ app }) => {
      set(app, { volumeMounts: [{ name: 'published', mountPath: '/etc/my-app' }] });
    }),
  },
  {
    id: 'published-size-limit',
    manifest: publishing(
      ({ pod }) => {
        pod.volumes[1] = { name: 'published', emptyDir: { sizeLimit: '1Mi' } };
      },
      {},
      configMap({ data: { one: 'x'.repeat(200 * 1024), two: 'x'.repeat(200 * 1024) } }),
    ),
  },
  {
    id: 'published-size-limit',
    title: 'of a Secret in memory, with a key in place',
    manifest: publishing(
      ({ pod }) => {
        pod.volumes[0] = { name: 'config', secret: { secretName: 'my-app' } };
        pod.volumes[1] = { name: 'published', emptyDir: { medium: 'Memory', sizeLimit: '64Ki' } };
      },
      { REHUP_PUBLISH_AS: 'a=in-place' },
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'my-app' },
        data: { a: Buffer.alloc(16 * 1024).toString('base64') },
      },
    ),
  },
  {
    id: 'published-not-readable',
    manifest: publishing(
      ({ pod, app, rehup }) => {
        pod.volumes[0] = { name: 'config', configMap: { name: 'my-app', defaultMode: 0o440 } };
        set(pod, { securityContext: { runAsNonRoot: true, supplementalGroups: [0] } });
        set(app, { securityContext: { runAsUser: 10_001 } });
        Object.assign(rehup.securityContext ?? {}, { runAsUser: 10_002 });
      },
      { REHUP_URL: 'http://127.0.0.1:8080/' },
    ),
  },
  {
    id: 'published-not-awaited',
    manifest: publishing(({ rehup }) => set(rehup, { startupProbe: undefined })),
  },
  {
    id: 'published-not-awaited',
    title: 'by the probe of a rehup that does not listen',
    manifest: publishing(({ rehup }) => set(rehup, { startupProbe: undefined }), {
      REHUP_LISTEN: 'off',
    }),
  },
  {
    id: 'published-not-awaited',
    title: 'by a plain sidecar',
    manifest: publishing(({ pod, rehup }) => {
      set(pod, { initContainers: undefined });
      set(rehup, { restartPolicy: undefined, startupProbe: undefined });
      pod.containers.push(rehup);
    }),
  },
  {
    id: 'published-not-awaited',
    title: 'in an init container that comes before',
    manifest: publishing(
      ({ pod, app }) => {
        const { volumeMounts } = app;
        const prepare = { name: 'prepare', image: 'example.com/prepare:1', volumeMounts };
        set(pod, { initContainers: [prepare, ...(pod['initContainers'] as object[])] });
      },
      { REHUP_TARGET: 'container:my-app' },
    ),
  },
  {
    id: 'init-container-mounts-volume',
    title: 'that is published',
    manifest: publishing(({ pod, app }) => {
      const { volumeMounts } = app;
      const prepare = { name: 'prepare', image: 'example.com/prepare:1', volumeMounts };
      set(pod, { initContainers: [...(pod['initContainers'] as object[]), prepare] });
    }),
  },
  {
    id: 'supervisor-as-entry',
    manifest: changed(({ app }) => set(app, { command: ['/usr/bin/supervisord', '-n'] })),
  },
  {
    id: 'supervisor-as-entry',
    title: 'of an image that is known for it',
    manifest: changed(({ app }) => set(app, { image: 'lscr.io/linuxserver/nginx:1.28' })),
  },
  {
    id: 'supervisor-as-entry',
    title: 'behind an init',
    manifest: changed(({ app }) =>
      set(app, { command: ['/usr/bin/tini', '--'], args: ['s6-svscan', '/etc/s6'] }),
    ),
  },
  {
    id: 'other-uid',
    manifest: changed(({ app }) => set(app, { securityContext: { runAsUser: 101 } })),
  },
  {
    id: 'other-uid',
    title: 'of an app that is root',
    manifest: changed(({ app }) =>
      set(app, { securityContext: { runAsUser: 0, runAsNonRoot: false } }),
    ),
  },
  {
    id: 'other-uid',
    title: 'of root without KILL',
    manifest: changed(({ rehup }) =>
      set(rehup.securityContext, { runAsUser: 0, runAsNonRoot: false }),
    ),
  },
  {
    id: 'other-uid',
    title: 'of several apps',
    manifest: changed(({ pod, app, rehup }) => {
      set(app, { securityContext: { runAsUser: 101 } });
      const other = { ...app, name: 'other', securityContext: { runAsUser: 102 } };
      pod.containers.push(other);
      setEnv(rehup, { REHUP_SELECT: 'all' });
    }),
  },
  { id: 'app-uid-unknown', manifest: changed(({ pod }) => set(pod, { securityContext: {} })) },
  {
    id: 'kill-without-effect',
    manifest: changed(({ rehup }) =>
      set(rehup.securityContext, { capabilities: { drop: ['ALL'], add: ['KILL'] } }),
    ),
  },
  {
    id: 'root-refused',
    manifest: changed(({ rehup }) =>
      set(rehup.securityContext, {
        runAsUser: 0,
        capabilities: { drop: ['ALL'], add: ['KILL'] },
      }),
    ),
  },
  {
    id: 'unknown-volume',
    manifest: changed(({ rehup }) =>
      rehup.volumeMounts.push({ name: 'confg', mountPath: '/other' }),
    ),
  },
  {
    id: 'volume-not-mounted',
    manifest: changed(({ rehup }) => set(rehup, { volumeMounts: undefined })),
  },
  {
    id: 'volume-not-mounted',
    title: 'of an app that takes it from its environment',
    manifest: changed(({ pod, app, rehup }) => {
      set(pod, { volumes: undefined });
      set(app, { volumeMounts: undefined });
      set(rehup, { volumeMounts: undefined });
      set(app, { envFrom: [{ configMapRef: { name: 'my.app' } }] });
    }),
  },
  {
    id: 'not-kubelet-volume',
    manifest: changed(({ pod }) => set(pod, { volumes: [{ name: 'config', emptyDir: {} }] })),
  },
  {
    id: 'watch-path-not-mounted',
    manifest: withEnv({ REHUP_WATCH: '/etc/my-app,/etc/other' }),
  },
  {
    id: 'watch-path-not-mounted',
    title: 'but that the app has there',
    manifest: changed(({ pod, app, rehup }) => {
      pod.volumes.push(secret);
      app.volumeMounts.push({ name: 'tls', mountPath: '/tls' });
      setEnv(rehup, { REHUP_WATCH: '/etc/my-app,/tls/tls.crt' });
    }),
  },
  {
    id: 'volume-by-sub-path',
    manifest: changed(({ rehup }) =>
      set(rehup.volumeMounts[0], { mountPath: '/etc/app.conf', subPath: 'app.conf' }),
    ),
  },
  {
    id: 'app-mounts-sub-path',
    manifest: changed(({ app }) =>
      set(app.volumeMounts[0], { mountPath: '/etc/app.conf', subPath: 'app.conf' }),
    ),
  },
  {
    id: 'app-mounts-sub-path',
    title: 'beside another action',
    manifest: changed(({ app, rehup }) => {
      set(app.volumeMounts[0], { mountPath: '/app.conf', subPathExpr: '$(KEY)' });
      setEnv(rehup, { REHUP_SIGNAL: 'USR1', REHUP_MIN_AGE: '1s' });
    }),
  },
  {
    id: 'env-only',
    manifest: changed(({ app }) => {
      set(app, { volumeMounts: undefined });
      set(app, { envFrom: [{ configMapRef: { name: 'my-app' } }] });
    }),
  },
  {
    id: 'env-only',
    title: 'by single variables of a Secret',
    manifest: changed(({ pod, app }) => {
      set(pod, { volumes: [{ name: 'config', secret: { secretName: 'my-app' } }] });
      const valueFrom = { secretKeyRef: { name: 'my-app', key: 'password' } };
      set(app, { volumeMounts: [], env: [{ name: 'PASSWORD', valueFrom }] });
    }),
  },
  {
    id: 'app-mounts-nothing',
    manifest: changed(({ app }) => set(app, { volumeMounts: undefined })),
  },
  {
    id: 'app-mounts-nothing',
    title: 'that is to be restarted',
    manifest: changed(({ app, rehup }) => {
      set(app, { volumeMounts: [], envFrom: [{ configMapRef: { name: 'my-app' } }] });
      setEnv(rehup, { REHUP_RESTART: 'container' });
    }),
  },
  {
    id: 'app-mounts-nothing',
    title: 'but another volume of the same object',
    manifest: changed(({ pod, app }) => {
      pod.volumes.push({ name: 'twin', configMap: { name: 'my-app' } });
      set(app, { volumeMounts: [{ name: 'twin', mountPath: '/etc/my-app' }] });
    }),
  },
  {
    id: 'volume-not-watched',
    manifest: changed(({ pod, app }) => {
      pod.volumes.push(secret);
      app.volumeMounts.push({ name: 'tls', mountPath: '/tls' });
    }),
  },
  { id: 'object-immutable', manifest: changed(() => {}, configMap({ immutable: true })) },
  {
    id: 'generated-name',
    manifest: changed(({ pod }) =>
      set(pod, { volumes: [{ name: 'config', configMap: { name: 'my-app-6ct58987ht' } }] }),
    ),
  },
  { id: 'setting-invalid', manifest: withEnv({ REHUP_SETTLE: '3 seconds' }) },
  {
    id: 'setting-invalid',
    title: 'in an argument',
    manifest: changed(({ rehup }) => set(rehup, { args: ['run', '--settle=soon'] })),
  },
  {
    id: 'setting-invalid',
    title: 'in an argument that does not exist',
    manifest: changed(({ rehup }) => set(rehup, { args: ['--settel', '3s'] })),
  },
  {
    id: 'setting-invalid',
    title: 'from a ConfigMap',
    manifest: changed(
      ({ rehup }) => set(rehup, { envFrom: [{ configMapRef: { name: 'my-app' } }] }),
      configMap({ data: { REHUP_SETTLE: 'soon', OTHER: 'x' } }),
    ),
  },
  { id: 'setting-unknown', manifest: withEnv({ REHUP_SETLE: '3s' }) },
  {
    id: 'setting-conflict',
    manifest: withEnv({ REHUP_SIGNAL: 'USR1', REHUP_URL: 'http://127.0.0.1:80/' }),
  },
  { id: 'setting-conflict', title: 'of no effect', manifest: withEnv({ REHUP_METHOD: 'PUT' }) },
  {
    id: 'setting-conflict',
    title: 'of a bound',
    manifest: withEnv({ REHUP_SETTLE_MAX: '100ms' }),
  },
  { id: 'env-value-not-string', manifest: withEnv({ REHUP_RETRIES: 3 }) },
  {
    id: 'port-in-use',
    manifest: changed(({ app, rehup }) => {
      set(app, { ports: [{ containerPort: 9533 }, { containerPort: 9534 }] });
      set(rehup, {
        ports: [{ name: 'rehup', containerPort: 9533 }],
        livenessProbe: { httpGet: { path: '/healthz', port: 9533 } },
        startupProbe: { httpGet: { path: '/readyz', port: 'rehup' } },
      });
    }),
  },
  {
    id: 'probe-gates-on-app',
    manifest: changed((parts) => {
      makeNative(parts);
      set(parts.app, { ports: [{ containerPort: 8080 }] });
      set(parts.rehup, {
        startupProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1 },
      });
    }),
  },
  {
    id: 'probe-gates-on-app',
    title: 'by a command',
    manifest: changed(({ rehup }) =>
      set(rehup, { readinessProbe: { exec: { command: ['rehup', 'doctor'] }, periodSeconds: 5 } }),
    ),
  },
  {
    id: 'probe-gates-on-app',
    title: 'by the port of its URL',
    manifest: changed(({ rehup }) => {
      setEnv(rehup, { REHUP_URL: 'http://127.0.0.1:8080/-/reload' });
      set(rehup, { livenessProbe: { tcpSocket: { port: 8080 } } });
    }),
  },
  {
    id: 'probe-not-answered',
    manifest: changed(({ rehup }) => {
      setEnv(rehup, { REHUP_LISTEN: 'off' });
      set(rehup, { livenessProbe: { httpGet: { path: '/healthz', port: 9533 } } });
    }),
  },
  {
    id: 'probe-not-answered',
    title: 'at a page that does not exist',
    manifest: changed(({ rehup }) =>
      set(rehup, { livenessProbe: { httpGet: { path: '/health', port: 9533 } } }),
    ),
  },
  {
    id: 'probe-not-answered',
    title: 'on loopback',
    manifest: changed(({ rehup }) => {
      setEnv(rehup, { REHUP_LISTEN: '127.0.0.1:9533' });
      set(rehup, { readinessProbe: { httpGet: { path: '/readyz', port: 9533 } } });
    }),
  },
  { id: 'state-directory-not-writable', manifest: withEnv({ REHUP_STATE_DIR: '/state' }) },
  {
    id: 'state-directory-not-writable',
    title: 'in a volume of the kubelet',
    manifest: withEnv({ REHUP_STATE_DIR: '/etc/my-app/state' }),
  },
  {
    id: 'state-directory-not-writable',
    title: 'in a read-only mount',
    manifest: changed(({ pod, rehup }) => {
      setEnv(rehup, { REHUP_STATE_DIR: '/state' });
      pod.volumes.push({ name: 'state', emptyDir: {} });
      const mount = { name: 'state', mountPath: '/state', readOnly: true };
      rehup.volumeMounts.push(mount);
    }),
  },
  {
    id: 'openshift-scc',
    manifest: changed(({ pod }) => set(pod, { securityContext: { fsGroup: 101 } })),
    platform: 'openshift',
  },
  {
    id: 'openshift-scc',
    title: 'of root',
    manifest: changed(({ app, rehup }) => {
      for (const one of [app, rehup]) {
        set(one, {
          securityContext: { ...one.securityContext, runAsUser: 0, runAsNonRoot: false },
        });
      }
    }),
    platform: 'openshift',
  },
  {
    id: 'other-uid',
    title: 'of two that OpenShift may have assigned',
    manifest: changed(({ pod, app, rehup }) => {
      set(pod, { securityContext: { runAsNonRoot: true } });
      set(app, { securityContext: { runAsUser: 1_000_660_000 } });
      set(rehup.securityContext, { runAsUser: 1_000_660_001 });
    }),
    platform: 'openshift',
  },
  {
    id: 'setting-conflict',
    title: 'of what is missing',
    manifest: podRestart([rule([88])], ({ rehup }) => {
      setEnv(rehup, { REHUP_RESTART: 'pod' });
      rehup.volumeMounts.splice(-1, 1, { name: 'state', mountPath: '/var/lib/rehup' });
    }),
  },
  { id: 'pod-restart-rule-missing', manifest: podRestart(undefined) },
  { id: 'pod-restart-rule-missing', title: 'for another code', manifest: podRestart([rule([42])]) },
  {
    id: 'pod-restart-rule-missing',
    title: 'behind another one',
    manifest: podRestart([rule([88], 'In', 'Restart'), rule([88])]),
  },
  {
    id: 'pod-restart-rule-missing',
    title: 'for all but that code',
    manifest: podRestart([rule([0, 88], 'NotIn')]),
  },
  {
    id: 'pod-restart-rule-missing',
    title: 'in the app',
    manifest: podRestart(undefined, ({ app }) =>
      set(app, { restartPolicy: 'Always', restartPolicyRules: [rule([88])] }),
    ),
  },
  {
    id: 'pod-restart-not-native',
    manifest: changed((parts) => {
      restartPod(parts);
      set(parts.rehup, { restartPolicy: 'Always', restartPolicyRules: [rule([88])] });
    }),
  },
  { id: 'pod-restart-too-old', manifest: podRestart([rule([88])]), kubernetes: 35 },
  {
    id: 'state-directory-not-kept',
    manifest: changed(({ rehup }) => {
      set(rehup.securityContext, { readOnlyRootFilesystem: false });
      setEnv(rehup, { REHUP_STATE_DIR: '/state' });
    }),
  },
  {
    id: 'no-api-token',
    manifest: changed(({ pod, rehup }) => {
      set(pod, { automountServiceAccountToken: false });
      set(rehup, { env: [{ name: 'REHUP_PROMPT', value: 'true' }, ...podFields] });
    }),
  },
  {
    id: 'no-api-token',
    title: 'for a rollout',
    manifest: changed(({ pod, rehup }) => {
      set(pod, { automountServiceAccountToken: false });
      set(rehup, { env: [{ name: 'REHUP_RESTART', value: 'rollout' }, ...podFields] });
    }),
  },
  {
    id: 'no-api-token',
    title: 'for a source',
    manifest: publishing(({ pod }) => set(pod, { automountServiceAccountToken: false }), {
      REHUP_SOURCE: 'configmap/my-app',
    }),
  },
  {
    id: 'no-api-token',
    title: 'of a service account that has none',
    manifest: changed(
      ({ pod, rehup }) => {
        set(pod, { serviceAccountName: 'rehup' });
        set(rehup, { env: [{ name: 'REHUP_PROMPT', value: 'true' }, ...podFields] });
      },
      {
        kind: 'ServiceAccount',
        metadata: { name: 'rehup' },
        automountServiceAccountToken: false,
      },
    ),
  },
  {
    id: 'token-in-app',
    manifest: withEnvOf([{ name: 'REHUP_PROMPT', value: 'true' }, ...podFields]),
  },
  {
    id: 'token-in-app',
    title: 'that mounts it itself',
    manifest: changed((parts) => {
      giveToken(parts);
      set(parts.rehup, { env: [{ name: 'REHUP_PROMPT', value: 'true' }, ...podFields] });
      parts.app.volumeMounts.push(tokenMount);
    }),
  },
  { id: 'no-pod-name', manifest: withApi([{ name: 'REHUP_EVENTS', value: 'true' }]) },
  {
    id: 'no-pod-name',
    title: 'but one that is written out',
    manifest: withApi([
      { name: 'REHUP_EVENTS', value: 'warnings' },
      { name: 'POD_NAME', value: 'my-app' },
    ]),
  },
  {
    id: 'native-sidecar-too-old',
    kubernetes: 28,
    manifest: changed(makeNative),
  },
  {
    id: 'init-container-never-ends',
    manifest: changed((parts) => {
      makeNative(parts);
      set(parts.rehup, { restartPolicy: undefined });
    }),
  },
  {
    id: 'job-never-ends',
    manifest: job(({ pod, rehup }) => {
      set(pod, { initContainers: undefined });
      set(rehup, { restartPolicy: undefined });
      pod.containers.push(rehup);
    }),
  },
  {
    id: 'restart-policy-never',
    manifest: changed(({ workload, pod, rehup }) => {
      set(workload, { kind: 'Pod', spec: pod });
      set(pod, { restartPolicy: 'Never' });
      setEnv(rehup, { REHUP_RESTART: 'container' });
    }),
  },
  {
    id: 'restart-policy-never',
    title: 'of a Job',
    manifest: job(({ rehup }) => setEnv(rehup, { REHUP_RESTART: 'container' })),
  },
  {
    id: 'resources-missing',
    manifest: changed(({ rehup }) => set(rehup, { resources: undefined })),
  },
  {
    id: 'limits-too-low',
    manifest: changed(({ rehup }) => set(rehup.resources?.limits, { memory: '16Mi' })),
  },
  {
    id: 'limits-too-low',
    title: 'of the CPU',
    manifest: changed(({ rehup }) => set(rehup.resources?.limits, { cpu: '5m' })),
  },
  {
    id: 'requests-too-high',
    manifest: changed(({ rehup }) => set(rehup.resources, { requests: { memory: '1Gi' } })),
  },
  {
    id: 'requests-too-high',
    title: 'of CPU',
    manifest: changed(({ rehup }) => set(rehup.resources?.requests, { cpu: 2 })),
  },
  {
    id: 'include-matches-nothing',
    manifest: withEnv({ REHUP_INCLUDE: 'app.yml' }, configMap({ data: { 'app.yaml': 'a' } })),
  },
  {
    id: 'include-matches-nothing',
    title: 'of two patterns',
    manifest: withEnv(
      { REHUP_INCLUDE: '*.yaml,/etc/other/*' },
      configMap({ data: { 'app.yaml': 'a' } }),
    ),
  },
  {
    id: 'volume-not-readable',
    manifest: changed(({ pod }) =>
      set(pod.volumes[0], { configMap: { name: 'my-app', defaultMode: 0o400 } }),
    ),
  },
  {
    id: 'volume-not-readable',
    title: 'by a mode of one key',
    manifest: changed(({ pod }) => {
      const items = [{ key: 'a', path: 'a', mode: 0o440 }];
      set(pod.volumes[0], {
        configMap: undefined,
        projected: { sources: [{ secret: { name: 's', items } }] },
      });
    }),
  },
  {
    id: 'startup-probe-slow',
    manifest: changed((parts) => {
      makeNative(parts);
      set(parts.rehup, { startupProbe: { httpGet: { path: '/readyz', port: 9533 } } });
    }),
  },
  {
    id: 'init-container-mounts-volume',
    manifest: changed((parts) => {
      makeNative(parts);
      const { volumeMounts } = createApp();
      const migrate = { name: 'migrate', image: 'example.com/migrate:1', volumeMounts };
      set(parts.pod, { initContainers: [parts.rehup, migrate] });
    }),
  },
  {
    id: 'windows',
    manifest: changed(({ pod }) => set(pod, { os: { name: 'windows' } })),
  },
  {
    id: 'windows',
    title: 'by the selector of a node',
    manifest: changed(({ pod }) => set(pod, { nodeSelector: { 'kubernetes.io/os': 'windows' } })),
  },
  {
    id: 'two-rehups',
    manifest: changed(({ pod }) => pod.containers.push({ ...createRehup(), name: 'other' })),
  },
  { id: 'host-pid-and-shared', manifest: changed(({ pod }) => set(pod, { hostPID: true })) },
  {
    id: 'host-pid',
    manifest: changed(({ pod }) => set(pod, { hostPID: true, shareProcessNamespace: undefined })),
  },
  {
    id: 'host-network-port',
    manifest: changed(({ pod, rehup }) => {
      set(pod, { hostNetwork: true });
      set(rehup, {
        ports: [{ name: 'rehup', containerPort: 9533 }],
        livenessProbe: { httpGet: { path: '/healthz', port: 'rehup' } },
      });
    }),
  },
  {
    id: 'own-files-hidden',
    manifest: changed(({ rehup }) => set(rehup.volumeMounts[0], { mountPath: '/usr/local/bin/' })),
  },
  {
    id: 'own-files-hidden',
    title: 'from above',
    manifest: changed(({ rehup }) => set(rehup.volumeMounts[0], { mountPath: '/' })),
  },
  {
    id: 'mount-path-twice',
    manifest: changed(({ pod, app, rehup }) => {
      const mount = { name: 'tls', mountPath: '/etc/my-app' };
      pod.volumes.push(secret);
      app.volumeMounts.push(mount);
      rehup.volumeMounts.push({ ...mount, mountPath: '/etc/tls' });
    }),
  },
  { id: 'no-sidecar', manifest: changed(({ pod }) => pod.containers.pop()) },
  {
    id: 'no-sidecar',
    title: 'with a subPath only, for an old cluster',
    kubernetes: 24,
    manifest: changed(({ pod, app }) => {
      pod.containers.pop();
      set(app.volumeMounts[0], { mountPath: '/etc/app.conf', subPath: 'app.conf' });
    }),
  },
  {
    id: 'no-sidecar',
    title: 'with the environment only',
    manifest: changed(({ pod, app }) => {
      pod.containers.pop();
      set(pod, { volumes: undefined });
      set(app, { volumeMounts: [], envFrom: [{ secretRef: { name: 'my.app' } }] });
    }),
  },
];
