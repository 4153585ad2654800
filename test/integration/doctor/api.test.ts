// What only the Kubernetes API tells: objects that cannot change, or have, and verbs that are missing.
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { openssl, pidNamespaces } from '../../support/abilities.ts';
import { type ApiServer, startApiServer, TOKEN } from '../../support/api-server.ts';
import { type Authority, createAuthority } from '../../support/certificates.ts';
import type { Report } from '../../support/doctor/report.ts';
import { type RunningPod, startPod } from '../../support/doctor/situation.ts';
import { ACCOUNT_MOUNT, CONFIG, OWN_POD } from '../../support/prompt-scene.ts';

const HOUR_MS = 3_600_000;

describe.skipIf(pidNamespaces.missing || openssl.missing)(
  `rehup doctor and the Kubernetes API${pidNamespaces.note}${openssl.note}`,
  () => {
    it('finds nothing where nothing is wrong, and asks for nothing but what it has to know', async () => {
      await using scene = await createApiScene();
      const { problems, exitCode } = await scene.pod.doctor();
      expect({ problems, exitCode }).toEqual({ problems: [], exitCode: 0 });
      const asked = scene.api.calls.map(({ verb, resource }) => `${verb} ${resource}`);
      expect(asked).toEqual(['get pods', 'get configmaps']);
    });

    it('names object-immutable', async () => {
      await using scene = await createApiScene({ object: { immutable: true } });
      const { problems } = await scene.pod.doctor();
      expect(problems).toMatchObject([
        {
          id: 'object-immutable',
          status: 'warn',
          seen: 'ConfigMap/app-config behind /etc/config has immutable: true',
        },
      ]);
    });

    it('names object-newer, and by how much; after the kubelet has been there, nothing', async () => {
      await using scene = await createApiScene();
      scene.api.objects.put(CONFIG, { data: { 'app.conf': 'two' } } as object);
      const [problem, ...others] = (await scene.pod.doctor()).problems;
      expect(others).toEqual([]);
      expect(problem).toMatchObject({ id: 'object-newer', status: 'warn' });
      expect(problem?.seen).toMatch(
        /^ConfigMap\/app-config has newer app\.conf than \/etc\/config: it was written \d+ s ago/,
      );
      expect(problem?.remedy).toContain('the kubelet brings it within 90 s');
      await scene.pod.scene.volume('config').write({ 'app.conf': 'two' });
      expect((await scene.pod.doctor()).problems).toEqual([]);
    });

    it('takes it for a fault that the kubelet does not bring it', async () => {
      await using scene = await createApiScene({ object: { data: { 'app.conf': 'other' } } });
      const [problem] = (await scene.pod.doctor()).problems;
      expect(problem).toMatchObject({ id: 'object-newer', status: 'fail' });
      expect(problem?.remedy).toContain('kubectl delete pod');
      expect(JSON.stringify(problem)).not.toContain('other');
    });

    it('names api-forbidden for what a source names, and does not ask for the own pod', async () => {
      const source = 'configmap/app-config,configmap?label=a=b&namespace=*';
      const env = { REHUP_SOURCE: source, REHUP_PUBLISH: '/tmp/published' };
      await using scene = await createApiScene({ env });
      scene.api.forbid({ resource: 'pods' });
      const ofApi = async (): Promise<Report['problems']> =>
        (await scene.pod.doctor()).problems.filter(({ id }) => id.startsWith('api-'));
      expect(await ofApi()).toEqual([]);
      scene.api.forbid({ verb: 'watch', resource: 'configmaps' });
      expect(await ofApi()).toMatchObject([
        {
          id: 'api-forbidden',
          seen: 'the service account may not watch configmaps app-config in namespace web (REHUP_SOURCE)',
          remedy:
            'add to its Role: - {apiGroups: [""], resources: ["configmaps"], resourceNames: ["app-config"], verbs: ["get", "watch"]}',
        },
        {
          id: 'api-forbidden',
          seen: 'the service account may not watch configmaps with the label a=b in all namespaces (REHUP_SOURCE)',
          remedy:
            'add to a ClusterRole: - {apiGroups: [""], resources: ["configmaps"], verbs: ["list", "watch"]}',
        },
      ]);
      expect(scene.api.calls.filter(({ resource }) => resource === 'pods')).toEqual([]);
    });

    it('names api-forbidden, with a Role to paste that holds what is missing', async () => {
      const env = { REHUP_PROMPT: 'true', REHUP_EVENTS: 'true' };
      await using scene = await createApiScene({ env });
      const faults = [
        scene.api.forbid({ verb: 'watch', resource: 'configmaps' }),
        scene.api.forbid({ resource: 'events' }),
      ];
      const { problems, exitCode } = await scene.pod.doctor();
      expect(exitCode).toBe(5);
      expect(problems).toMatchObject([
        {
          id: 'api-forbidden',
          seen: 'the service account may not watch configmaps app-config (REHUP_PROMPT), create events (REHUP_EVENTS), patch events (REHUP_EVENTS)',
        },
      ]);
      expect(manifestOf(problems)).toMatchObject([
        {
          kind: 'Role',
          rules: [
            {
              apiGroups: [''],
              resources: ['configmaps'],
              resourceNames: ['app-config'],
              verbs: ['watch'],
            },
            { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
            { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['patch'] },
          ],
        },
        { kind: 'RoleBinding', subjects: [{ kind: 'ServiceAccount', namespace: 'web' }] },
      ]);
      for (const fault of faults) fault.lift();
      expect((await scene.pod.doctor()).problems).toEqual([]);
    });

    it('says nothing of verbs that nothing needs', async () => {
      await using scene = await createApiScene();
      scene.api.forbid({});
      const { problems, exitCode } = await scene.pod.doctor();
      expect({ problems, exitCode }).toEqual({ problems: [], exitCode: 0 });
    });

    it('says which feature cannot do without the API server', async () => {
      await using scene = await createApiScene({ env: { REHUP_EVENTS: 'warnings' } });
      await scene.api.stop();
      const { problems } = await scene.pod.doctor();
      expect(problems).toMatchObject([
        { id: 'api-unreachable', seen: expect.stringContaining('REHUP_EVENTS cannot do without') },
      ]);
    });

    it.each([
      { rules: undefined, ids: ['pod-restart-rule-missing'] },
      {
        rules: [{ action: 'Restart', exitCodes: { operator: 'NotIn', values: [0] } }],
        ids: ['pod-restart-rule-missing'],
      },
      {
        rules: [{ action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } }],
        ids: [],
      },
    ])(
      'knows whether the pod would be restarted by the exit code: $rules',
      async ({ rules, ids }) => {
        const env = { REHUP_RESTART: 'pod', REHUP_STATE_DIR: '/etc' };
        await using scene = await createApiScene({ env, rehup: { restartPolicyRules: rules } });
        const { problems } = await scene.pod.doctor();
        expect(problems.map(({ id }) => id).filter((id) => id.startsWith('pod-restart'))).toEqual(
          ids,
        );
      },
    );

    it('tells an init container from the app, whatever its name', async () => {
      await using scene = await createApiScene({ app: 'prepare' });
      const { problems } = await scene.pod.doctor();
      expect(problems).toMatchObject([
        {
          id: 'target-in-init-container',
          seen: expect.stringContaining('prepare is an init container'),
          remedies: [
            {
              changes: [
                {
                  path: 'spec.containers[name=rehup].env',
                  value: '[{name: REHUP_TARGET, value: container:<app>}]',
                },
              ],
            },
          ],
        },
      ]);
    });
  },
);

type Env = Readonly<Record<string, string>>;

interface ApiScene extends AsyncDisposable {
  readonly api: ApiServer;
  readonly pod: RunningPod;
}

interface ApiSceneOptions {
  readonly env?: Env;
  /** On top of the ConfigMap as it is mounted. */
  readonly object?: object;
  /** The container that the app runs in; `prepare` is an init container. */
  readonly app?: 'app' | 'prepare';
  /** On top of the container of rehup, as the API has it. */
  readonly rehup?: object;
}

/** A pod with a service account, and the API server that knows it. */
async function createApiScene(options: ApiSceneOptions = {}): Promise<ApiScene> {
  const { env = {}, object, app = 'app', rehup = {} } = options;
  await using stack = new AsyncDisposableStack();
  const authority: Authority = stack.use(await createAuthority());
  const tls = (await authority.issue('kubernetes')).pem;
  const api = stack.use(await startApiServer({ tls }));
  const volumeMounts = [{ name: 'config', mountPath: '/etc/config' }];
  api.objects.setAge(HOUR_MS);
  api.objects.put(CONFIG, { data: { 'app.conf': 'one' }, ...object } as object);
  api.objects.put(OWN_POD, {
    spec: {
      initContainers: [{ name: 'prepare', volumeMounts }],
      containers: [{ name: 'rehup', volumeMounts, ...rehup }],
      volumes: [{ name: 'config', configMap: { name: CONFIG.name } }],
    },
  } as object);
  api.objects.setAge(0);
  const account = {
    token: TOKEN,
    'ca.crt': await readFile(authority.caFile, 'utf8'),
    namespace: OWN_POD.namespace,
  };
  const mounted = { volume: 'config' };
  const pod = stack.use(
    await startPod({
      volumes: {
        config: { payload: { 'app.conf': 'one' } },
        account: { kind: 'secret', payload: account },
      },
      containers: {
        [app]: [mounted],
        rehup: [mounted, { volume: 'account', path: ACCOUNT_MOUNT }],
      },
      apps: { [app]: {} },
      rehup: {
        env: {
          POD_NAME: OWN_POD.name,
          POD_NAMESPACE: OWN_POD.namespace,
          KUBERNETES_SERVICE_HOST: '127.0.0.1',
          KUBERNETES_SERVICE_PORT: String(api.port),
          ...env,
        },
      },
    }),
  );
  const owned = stack.move();
  return { api, pod, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

function manifestOf(problems: Report['problems']): unknown[] {
  const { manifest = '' } = problems[0]?.remedies[0] ?? {};
  return parseAllDocuments(manifest).map((document) => document.toJS() as unknown);
}
