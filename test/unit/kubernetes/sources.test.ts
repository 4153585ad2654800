import { describe, expect, it } from 'vitest';
import { sourcesOfMounts } from '../../../src/kubernetes/mount-sources.ts';
import { sourceKey, sourcesOfPod, sourcesOfVolume } from '../../../src/kubernetes/sources.ts';
import type { PodSpec, PodVolume, SourceReference } from '../../../src/kubernetes/types.ts';

const keys = (sources: readonly SourceReference[] | undefined): string[] =>
  (sources ?? []).map(sourceKey);

const projected: PodVolume = {
  name: 'all',
  projected: {
    sources: [
      { secret: { name: 'tls' } },
      { configMap: { name: 'app' } },
      { configMap: { name: 'more', optional: true } },
      // A service account's token, the downward API.
      {},
    ],
  },
};

type Place = { name: string; mountPath: string };

function mount(name: string, mountPath: string, more = {}): Place {
  return { name, mountPath, ...more };
}

function resolve(path: string): string {
  return path.replace(/^\/var\/run/, '/run');
}

describe('the objects behind a volume', () => {
  it.each<[PodVolume, string[]]>([
    [{ name: 'v', configMap: { name: 'app' } }, ['ConfigMap/app']],
    [{ name: 'v', secret: { secretName: 'tls', optional: true } }, ['Secret/tls']],
    [projected, ['Secret/tls', 'ConfigMap/app', 'ConfigMap/more']],
    [{ name: 'v', projected: { sources: null } }, []],
    [{ name: 'v', projected: {} }, []],
    [{ name: 'v' }, []],
    [{ name: 'v', configMap: {} }, []],
  ])('%o are %o', (volume, expected) => {
    expect(keys(sourcesOfVolume(volume))).toEqual(expected);
  });
});

describe('the objects that a pod reads', () => {
  it('are those of its volumes and of the environment of all its containers, each once', () => {
    const spec: PodSpec = {
      initContainers: [{ name: 'init', envFrom: [{ secretRef: { name: 'tls' } }] }],
      containers: [
        {
          name: 'app',
          envFrom: [{ configMapRef: { name: 'env' } }],
          env: [
            { name: 'PLAIN' },
            { name: 'KEY', valueFrom: { secretKeyRef: { name: 'key' } } },
            { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'app' } } },
            { name: 'POD', valueFrom: {} },
          ],
        },
      ],
      volumes: [projected, { name: 'scratch' }],
    };
    expect(keys(sourcesOfPod(spec))).toEqual([
      'ConfigMap/app',
      'ConfigMap/env',
      'ConfigMap/more',
      'Secret/key',
      'Secret/tls',
    ]);
  });

  it('are none of a pod without volumes and environment', () => {
    expect(sourcesOfPod({ containers: [{ name: 'app' }] })).toEqual([]);
  });
});

describe('the objects behind the own mounts', () => {
  const volumes: PodVolume[] = [
    { name: 'config', configMap: { name: 'app' } },
    { name: 'tls', secret: { secretName: 'tls' } },
    { name: 'other', secret: { secretName: 'other' } },
    projected,
  ];

  it.each<
    [
      title: string,
      containers: PodSpec['containers'],
      own: Parameters<typeof sourcesOfMounts>[1],
      expected: Record<string, string[]>,
    ]
  >([
    [
      'are those of the volumes at these paths, a slash at the end aside',
      [{ name: 'rehup', volumeMounts: [mount('tls', '/etc/tls/'), mount('all', '/etc/all')] }],
      [{ path: '/etc/tls' }, { path: '/etc/all' }],
      { '/etc/tls': ['Secret/tls'], '/etc/all': ['ConfigMap/app', 'ConfigMap/more', 'Secret/tls'] },
    ],
    [
      'are told by the name of the volume, where the mount table has it',
      [{ name: 'rehup', volumeMounts: [mount('config', '/var/run/config')] }],
      [{ path: '/run/config', volumeName: 'config' }],
      { '/run/config': ['ConfigMap/app'] },
    ],
    [
      'are those of the container that mounts most of the paths',
      [
        { name: 'app', volumeMounts: [mount('other', '/etc/tls')] },
        { name: 'rehup', volumeMounts: [mount('tls', '/etc/tls'), mount('config', '/etc/app')] },
      ],
      [{ path: '/etc/tls' }, { path: '/etc/app', volumeName: 'config' }, { path: '/git/current' }],
      { '/etc/tls': ['Secret/tls'], '/etc/app': ['ConfigMap/app'], '/git/current': [] },
    ],
    [
      'are those of both where two containers mount different volumes at one path',
      [
        { name: 'app', volumeMounts: [mount('other', '/etc/tls')] },
        { name: 'rehup', volumeMounts: [mount('tls', '/etc/tls')] },
      ],
      [{ path: '/etc/tls' }],
      { '/etc/tls': ['Secret/other', 'Secret/tls'] },
    ],
    [
      'are none for what is mounted by subPath',
      [
        {
          name: 'rehup',
          volumeMounts: [
            mount('tls', '/etc/tls', { subPath: 'tls.crt' }),
            mount('other', '/etc/other', { subPathExpr: '$(POD_NAME)' }),
          ],
        },
      ],
      [{ path: '/etc/tls' }, { path: '/etc/other' }],
      { '/etc/tls': [], '/etc/other': [] },
    ],
    [
      'are none where no container mounts anything there',
      [{ name: 'rehup' }],
      [{ path: '/etc/tls' }],
      { '/etc/tls': [] },
    ],
  ])('%s', (_, containers, own, expected) => {
    const found = sourcesOfMounts({ containers, volumes }, own);
    expect(Object.fromEntries([...found].map(([path, all]) => [path, keys(all)]))).toEqual(
      expected,
    );
  });

  it('are found in a native sidecar, too, and behind links in the path', () => {
    const rehup = { name: 'rehup', volumeMounts: [mount('tls', '/var/run/tls')] };
    const spec = { containers: [{ name: 'app' }], initContainers: [rehup], volumes };
    expect(keys(sourcesOfMounts(spec, [{ path: '/run/tls' }], resolve).get('/run/tls'))).toEqual([
      'Secret/tls',
    ]);
  });
});
