import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { openssl, pidNamespaces } from '../../../support/abilities.ts';
import { answers } from '../../../support/api-server.ts';
import { createAuthority } from '../../../support/certificates.ts';
import {
  createPromptScene,
  OWN_POD,
  type PromptSceneOptions,
} from '../../../support/prompt-scene.ts';
import { useAuthority } from '../../../support/use-authority.ts';

const { missing, note } = pidNamespaces.missing ? pidNamespaces : openssl;

/** What is wrong at the start, and what rehup says of it. */
const FAULTS: readonly (readonly [
  what: string,
  options: Omit<PromptSceneOptions, 'authority'>,
  reason: RegExp,
  remedy: RegExp,
])[] = [
  [
    'no service account is mounted',
    { mountsAccount: false },
    /serviceaccount\/token cannot be read: ENOENT$/,
    /automountServiceAccountToken: true/,
  ],
  [
    'the token is empty',
    { account: { token: ' \n' } },
    /serviceaccount\/token is empty$/,
    /automountServiceAccountToken: true/,
  ],
  [
    'the token has expired',
    { account: { token: 'expired' } },
    /^the API server does not accept the token \(get pods my-app in namespace web\): Unauthorized$/,
    /^none needed while the kubelet rotates it/,
  ],
  [
    'the file of the CA is not a certificate',
    { account: { 'ca.crt': 'nonsense' } },
    /serviceaccount\/ca\.crt holds no certificate$/,
    /automountServiceAccountToken: true/,
  ],
  [
    'the API server is away',
    { prepare: async (api) => await api.stop() },
    /: the API server at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)$/,
    /NetworkPolicy/,
  ],
  [
    'the API server accepts connections, and never answers',
    { prepare: (api) => api.freeze() },
    /: no answer from the API server at 127\.0\.0\.1:\d+ within 10000 ms$/,
    /NetworkPolicy/,
  ],
  [
    'the API server breaks down over each request',
    { prepare: (api) => void api.fail({}, answers.broken) },
    /^get pods my-app in namespace web was answered with status 500: Internal error/,
    /log of the API server/,
  ],
  [
    'this is no cluster',
    { env: { KUBERNETES_SERVICE_HOST: '' } },
    /^KUBERNETES_SERVICE_HOST is not set/,
    /^run rehup in a pod/,
  ],
  [
    'the address of the API server is none',
    { env: { KUBERNETES_SERVICE_PORT: 'tcp://10.0.0.1:443' } },
    /^KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not an address/,
    /the kubelet sets them$/,
  ],
  [
    'the name of the pod is not told',
    { env: { POD_NAME: '' } },
    /^POD_NAME is not set/,
    /fieldPath: metadata\.name/,
  ],
  [
    'the namespace is told nowhere',
    { env: { POD_NAMESPACE: '' }, account: { namespace: undefined } },
    /^POD_NAMESPACE is not set, and/,
    /fieldPath: metadata\.namespace/,
  ],
  [
    'the namespace is that of somebody else',
    { env: { POD_NAMESPACE: 'other' } },
    /^POD_NAMESPACE is other, but the service account is of namespace web$/,
    /fieldPath: metadata\.namespace/,
  ],
  [
    'the name is that of no pod',
    { env: { POD_NAME: 'my-typo' } },
    /^get pods my-typo in namespace web: not found$/,
    /^check the name and the namespace/,
  ],
  [
    'the pod may not be read',
    { prepare: (api) => void api.forbid({ verb: 'get', resource: 'pods' }) },
    /^the service account may not get pods my-app in namespace web$/,
    /- \{apiGroups: \[""\], resources: \["pods"\], verbs: \["get"\]\}$/,
  ],
  [
    'the ConfigMap may not be watched',
    { prepare: (api) => void api.forbid({ verb: 'watch' }) },
    /^the service account may not watch configmaps app-config in namespace web$/,
    /resources: \["configmaps"\], resourceNames: \["app-config"\], verbs: \["watch"\]\}$/,
  ],
  [
    'the number of replicas may not be read',
    {
      prepare: (api) => {
        setOwner(api, true);
        api.forbid({ resource: 'replicasets' });
      },
    },
    /^the service account may not get replicasets\.apps my-app-5d9c in namespace web$/,
    /- \{apiGroups: \["apps"\], resources: \["replicasets"\], verbs: \["get"\]\}$/,
  ],
];

type Api = Parameters<NonNullable<PromptSceneOptions['prepare']>>[0];

function setOwner(api: Api, controller: boolean): void {
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'my-app-5d9c', uid: 'a1' };
  const pod = api.objects.get(OWN_POD);
  api.objects.put(OWN_POD, {
    ...pod,
    metadata: { ...pod?.metadata, ownerReferences: [{ ...reference, controller }] },
  });
}

describe.skipIf(missing)(`prompt sync that cannot work${note}`, () => {
  const authority = useAuthority();

  it.for(FAULTS)('says so where %s, once, and files are followed', async (row) => {
    const [, options, reason, remedy] = row;
    await using scene = await createPromptScene({ authority: authority(), ...options });
    const told = await scene.told({ msg: 'kubernetes api problem' });
    expect(told).toMatchObject({ level: 'warn', feature: 'prompt' });
    expect(told.reason).toMatch(reason);
    expect(told.remedy).toMatch(remedy);
    await scene.reloadByFile('two');
    await scene.rehup.line({ msg: 'reloaded' });
    await scene.reloadByFile('three');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.rehup.all({ msg: 'kubernetes api problem' })).toHaveLength(1);
  });

  it('says so where the CA is another one, and never sends the token there', async () => {
    await using other = await createAuthority('other authority');
    await using scene = await createPromptScene({
      authority: authority(),
      account: { 'ca.crt': await readFile(other.caFile, 'utf8') },
    });
    const told = await scene.told({ msg: 'kubernetes api problem' });
    expect(told.reason).toMatch(
      /the certificate of the API server at 127\.0\.0\.1:\d+ is not trusted/,
    );
    expect(told.remedy).toContain('ca.crt');
    await scene.reloadByFile('two');
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.api.calls).toEqual([]);
  });

  it('says so where the pod may not be changed, when there is need of it', async () => {
    await using scene = await createPromptScene({
      authority: authority(),
      prepare: (api) => void api.forbid({ verb: 'patch' }),
    });
    await scene.watching();
    expect(scene.rehup.all({ msg: 'kubernetes api problem' })).toEqual([]);
    scene.apply('two');
    const told = await scene.told({ msg: 'kubernetes api problem' });
    expect(told.reason).toBe('the service account may not patch pods my-app in namespace web');
    expect(told.remedy).toBe(
      'add to its Role: - {apiGroups: [""], resources: ["pods"], verbs: ["patch"]}',
    );
    await scene.sync();
    await scene.app.line('reloaded two');
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('works where the owner of the pod is not a controller of it', async () => {
    await using scene = await createPromptScene({
      authority: authority(),
      prepare: (api) => setOwner(api, false),
    });
    await scene.watching();
    scene.apply('two');
    await scene.app.line('reloaded two');
    expect(scene.api.callsTo({ resource: 'replicasets' })).toEqual([]);
    expect(scene.rehup.all({ msg: 'kubernetes api problem' })).toEqual([]);
  });

  it('takes it as it is where the number of replicas cannot be read', async () => {
    await using scene = await createPromptScene({
      authority: authority(),
      // The owner was deleted, and its name is in use again.
      prepare: (api) => {
        setOwner(api, true);
        const address = { resource: 'replicasets', namespace: 'web', name: 'my-app-5d9c' };
        api.objects.put(address, { spec: { replicas: 3 } } as object);
      },
    });
    await scene.watching();
    scene.apply('two');
    await scene.app.line('reloaded two');
    expect(scene.rehup.all({ msg: 'kubernetes api problem' })).toEqual([]);
  });

  it('says what is missing where no mount has an object behind it', async () => {
    await using scene = await createPromptScene({
      authority: authority(),
      prepare: (api) => void api.objects.put(OWN_POD, { spec: { containers: [] } } as object),
    });
    const told = await scene.told({ msg: 'prompt sync set up' });
    expect(told).toMatchObject({ level: 'warn' });
    expect(told.reason).toBe('no ConfigMap or Secret is behind the mounts');
    await scene.reloadByFile('two');
  });
});
