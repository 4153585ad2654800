import { describe, expect, it } from 'vitest';
import { formatPath } from '../../../../src/tools/manifest/path.ts';
import {
  findReferences,
  TEMPLATE_SPEC,
  toJsonPatch,
} from '../../../../src/tools/rotate/references.ts';

function workload(spec: object): object {
  return { spec: { template: { spec } } };
}

const everywhere = workload({
  imagePullSecrets: [{ name: 'a' }],
  volumes: [
    { name: 'v0', configMap: { name: 'a', items: [{ key: 'k', path: 'p' }] } },
    { name: 'v1', secret: { secretName: 'a', optional: true, items: [{ key: 'k', path: 'p' }] } },
    {
      name: 'v2',
      projected: {
        sources: [
          { serviceAccountToken: { path: 'token' } },
          { configMap: { name: 'a' } },
          { secret: { name: 'a' } },
        ],
      },
    },
    { name: 'v3', emptyDir: {} },
    { name: 'v4', csi: { driver: 'd', nodePublishSecretRef: { name: 'a' } } },
  ],
  initContainers: [
    { name: 'sidecar', restartPolicy: 'Always', envFrom: [{ configMapRef: { name: 'a' } }] },
  ],
  containers: [
    { name: 'none' },
    {
      name: 'app',
      envFrom: [{ secretRef: { name: 'a' } }],
      env: [
        { name: 'PLAIN', value: 'a' },
        { name: 'ONE', valueFrom: { configMapKeyRef: { name: 'a', key: 'one' } } },
        { name: 'TWO', valueFrom: { secretKeyRef: { name: 'a', key: 'two' } } },
        { name: 'MAY', valueFrom: { configMapKeyRef: { name: 'a', key: 'x', optional: true } } },
      ],
    },
  ],
});

function found(kind: 'ConfigMap' | 'Secret'): string[] {
  return findReferences(everywhere, kind, TEMPLATE_SPEC).map(({ path, name, keys }) =>
    [formatPath(path.slice(3)), name, ...keys].join(' '),
  );
}

describe('references in a pod template', () => {
  it('to a ConfigMap are found wherever they may be, with the keys that have to be there', () => {
    expect(found('ConfigMap')).toEqual([
      'volumes[0].configMap.name a k',
      'volumes[2].projected.sources[1].configMap.name a',
      'containers[1].env[1].valueFrom.configMapKeyRef.name a one',
      'containers[1].env[3].valueFrom.configMapKeyRef.name a',
      'initContainers[0].envFrom[0].configMapRef.name a',
    ]);
  });

  it('to a Secret are found wherever they may be', () => {
    expect(found('Secret')).toEqual([
      'volumes[1].secret.secretName a',
      'volumes[2].projected.sources[2].secret.name a',
      'containers[1].env[2].valueFrom.secretKeyRef.name a two',
      'containers[1].envFrom[0].secretRef.name a',
      'imagePullSecrets[0].name a',
      'volumes[4].csi.nodePublishSecretRef.name a',
    ]);
  });

  it.each([
    ['none at all', undefined],
    ['null', { spec: { template: { spec: { volumes: null, containers: [null] } } } }],
    ['other types than expected', workload({ volumes: 'x', containers: [{ env: { a: 1 } }] })],
  ])('of a template with %s are none', (_, object) => {
    expect(findReferences(object, 'ConfigMap', TEMPLATE_SPEC)).toEqual([]);
  });

  it('are moved by a patch that holds only while they are what they were', () => {
    const path = ['spec', 'a/b~c', 0, 'name'];
    expect(toJsonPatch([{ path, from: 'one', to: 'two' }])).toEqual([
      { op: 'test', path: '/spec/a~1b~0c/0/name', value: 'one' },
      { op: 'replace', path: '/spec/a~1b~0c/0/name', value: 'two' },
    ]);
  });
});
