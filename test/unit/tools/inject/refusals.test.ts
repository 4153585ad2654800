// Pods that would not start any more, or not do what they should, with rehup as it usually is.
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../../src/config/load.ts';
import { inject, type Injected } from '../../../../src/tools/inject/inject.ts';
import { type RawInjectOptions, parseInjectOptions } from '../../../../src/tools/inject/options.ts';
import { parseManifests } from '../../../../src/tools/manifest/document.ts';

type Given = Partial<RawInjectOptions> & { usesApi?: boolean };

function injectInto(spec: object, { usesApi = false, ...given }: Given = {}): Injected {
  const text = JSON.stringify({ kind: 'Pod', metadata: { name: 'p' }, spec });
  const raw = { resources: true, ports: true, probes: true, ...given };
  const options = parseInjectOptions('a.json', raw);
  const { settings } = loadConfig({ flags: {}, env: options.env });
  return inject({ file: 'a.json', text }, { ...options, settings, usesApi });
}

type Sidecar = Record<string, unknown> & { volumeMounts: object[]; env?: object[] };
type Spec = Record<string, unknown> & { initContainers: Sidecar[]; volumes: object[] };

function specOf({ text }: Injected): Spec {
  const [document] = parseManifests({ file: 'a.json', text });
  return (document as unknown as { value: { spec: Spec } }).value.spec;
}

function sidecarOf(injected: Injected): Sidecar {
  const [sidecar] = specOf(injected).initContainers;
  if (sidecar === undefined) throw new Error('no rehup there');
  return sidecar;
}

type Parts = { mountPath?: string; volume?: object; app?: object; pod?: object };

function podWith({
  mountPath = '/etc/app',
  volume = { configMap: { name: 'c' } },
  app,
  pod,
}: Parts): object {
  return {
    containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'c', mountPath }], ...app }],
    volumes: [{ name: 'c', ...volume }],
    ...pod,
  };
}

const closed = { secret: { secretName: 's', defaultMode: 0o400 } };

describe('a volume that only root may read', () => {
  it('keeps rehup out, with the ways to go on', () => {
    const { left, changed } = injectInto(podWith({ volume: closed }));
    expect(changed).toEqual([]);
    expect(left).toMatchObject([
      { isRefused: true, reason: expect.stringContaining('0400') as unknown },
    ]);
    expect(left[0]?.reason).toContain('--uid 0');
  });

  it.each<[string, Parts, Given]>([
    ['that has a group', { pod: { securityContext: { fsGroup: 101 } } }, {}],
    ['whose app is root', { app: { securityContext: { runAsUser: 0 } } }, {}],
    ['with a uid that is asked for', {}, { uid: '0' }],
  ])('is read in a pod %s', (_, parts, given) => {
    expect(injectInto(podWith({ volume: closed, ...parts }), given).changed).toEqual(['Pod/p']);
  });

  it('is left out where there is another one, and that is said', () => {
    const app = {
      volumeMounts: [
        { name: 'c', mountPath: '/c' },
        { name: 'open', mountPath: '/o' },
      ],
    };
    const volumes = [
      { name: 'c', ...closed },
      { name: 'open', configMap: { name: 'o' } },
    ];
    const injected = injectInto(podWith({ app, pod: { volumes } }));
    expect(sidecarOf(injected).volumeMounts).toEqual([{ name: 'open', mountPath: '/o' }]);
    expect(injected.remarks).toEqual([expect.stringContaining('c (mode 0400) is not watched')]);
  });
});

describe('a pod on the network of its node', () => {
  it('gets no port of the node: rehup listens on the loopback address, and the kubelet asks there', () => {
    const sidecar = sidecarOf(injectInto(podWith({ pod: { hostNetwork: true } })));
    expect(sidecar['ports']).toBeUndefined();
    expect(sidecar.env).toEqual([{ name: 'REHUP_LISTEN', value: '127.0.0.1:9533' }]);
    expect(sidecar['startupProbe']).toMatchObject({ httpGet: { host: '127.0.0.1', port: 9533 } });
  });
});

describe('a volume where files of rehup are', () => {
  it.each(['/usr/local/bin', '/usr/local', '/opt/rehup', '/', '/usr/local/bin/', '/opt', '/lib'])(
    'is mounted elsewhere: %s',
    (mountPath) => {
      const sidecar = sidecarOf(injectInto(podWith({ mountPath })));
      expect(sidecar.volumeMounts).toEqual([{ name: 'c', mountPath: '/etc/watched/c' }]);
    },
  );

  it('is watched where it is', () => {
    const env = ['REHUP_WATCH=/usr/local/bin,/etc/x'];
    const sidecar = sidecarOf(injectInto(podWith({ mountPath: '/usr/local/bin' }), { env }));
    expect(sidecar.env).toContainEqual({ name: 'REHUP_WATCH', value: '/etc/watched/c,/etc/x' });
  });

  it.each(['/usr/local/share', '/opt/app', '/usr/local/bin/scripts', '/library'])(
    'is none of these: %s',
    (mountPath) => {
      const sidecar = sidecarOf(injectInto(podWith({ mountPath })));
      expect(sidecar.volumeMounts).toEqual([{ name: 'c', mountPath }]);
    },
  );
});

describe('Windows', () => {
  it.each<object>([
    { os: { name: 'windows' } },
    { nodeSelector: { 'kubernetes.io/os': 'windows' } },
    { nodeSelector: { 'beta.kubernetes.io/os': 'windows' } },
  ])('is refused: %j', (pod) => {
    expect(injectInto(podWith({ pod })).left).toMatchObject([{ isRefused: true }]);
  });

  it('is refused by a path with a drive', () => {
    expect(injectInto(podWith({ mountPath: 'C:\\conf' })).left).toMatchObject([
      { isRefused: true },
    ]);
  });
});

describe('what counts as configuration', () => {
  it.each<object>([
    { csi: { driver: 'secrets-store.csi.k8s.io' } },
    { projected: { sources: [{ podCertificate: { signerName: 'x' } }] } },
    { projected: { sources: [{ clusterTrustBundle: { name: 'x', path: 'ca.pem' } }] } },
  ])('%j', (volume) => {
    expect(sidecarOf(injectInto(podWith({ volume }))).volumeMounts).toHaveLength(1);
  });

  it('not the volume of the service account', () => {
    const sources = [
      { serviceAccountToken: { path: 'token' } },
      { configMap: { name: 'kube-root-ca.crt' } },
    ];
    const { changed } = injectInto(
      podWith({ mountPath: '/var/run/x', volume: { projected: { sources } } }),
    );
    expect(changed).toEqual([]);
  });
});

describe('the token, where rehup talks to the Kubernetes API', () => {
  const given = { usesApi: true, env: ['REHUP_PROMPT=true'] };

  it('is in rehup alone, and does not live long', () => {
    const injected = injectInto(podWith({}), given);
    expect(specOf(injected)['automountServiceAccountToken']).toBe(false);
    expect(specOf(injected).volumes).toContainEqual(
      expect.objectContaining({ name: 'rehup-token' }),
    );
    expect(sidecarOf(injected).volumeMounts).toContainEqual({
      name: 'rehup-token',
      mountPath: '/var/run/secrets/kubernetes.io/serviceaccount',
      readOnly: true,
    });
  });

  it.each<object>([{ serviceAccountName: 'my-app' }, { automountServiceAccountToken: true }])(
    'stays with an app that may need it: %j',
    (pod) => {
      const injected = injectInto(podWith({ pod }), given);
      expect(specOf(injected)['automountServiceAccountToken']).not.toBe(false);
      expect(sidecarOf(injected).volumeMounts).toHaveLength(2);
    },
  );

  it('is not there otherwise', () => {
    expect(JSON.stringify(specOf(injectInto(podWith({}))))).not.toContain('oken');
  });
});
