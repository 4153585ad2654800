import { describe, expect, it } from 'vitest';
import type { ObjectMeta } from '../../../../src/kubernetes/types.ts';
import type { Listed } from '../../../../src/tools/rotate/list.ts';
import { showList } from '../../../../src/tools/rotate/show-list.ts';
import { findUsers } from '../../../../src/tools/rotate/users.ts';
import { buildOwner } from '../../../support/rotation-builder.ts';

const listed: Listed = {
  kind: 'ConfigMap',
  name: 'app-config-x',
  base: 'app-config',
  created: '2026-01-01T00:00:00Z',
  keys: ['a', 'b'],
  sizeBytes: 12,
  failed: false,
  usedBy: ['deployment/app', 'revision 2 of deployment/app', 'pod/app-1', 'pod/app-2'],
};

describe('the table of revisions', () => {
  it('has a line for each, with those that use it', () => {
    const other: Listed = {
      ...listed,
      kind: 'Secret',
      name: 'db-y',
      keys: ['a', 'b', 'c', 'd', 'e'],
      sizeBytes: 1536,
      failed: true,
      usedBy: [],
    };
    const nowMs = Date.parse('2026-01-01T02:00:00Z');
    expect(showList([listed, other], nowMs).split('\n')).toEqual([
      'NAME                    AGE  SIZE     KEYS         IN USE BY',
      'configmap/app-config-x  2 h  12 B     a, b         deployment/app, revision 2 of deployment/app, 2 pods',
      'secret/db-y             2 h  1.5 KiB  a, b, c, +2  nobody (a rollout with it failed)',
    ]);
  });

  it('says so where there is none', () => {
    expect(showList([], 0)).toBe('there are no revisions');
  });
});

function buildMeta(name: string, revision?: string): ObjectMeta {
  return {
    name,
    uid: name,
    resourceVersion: '1',
    ownerReferences: [buildOwner('app', true)],
    annotations: revision === undefined ? {} : { 'deployment.kubernetes.io/revision': revision },
  };
}

describe('who refers to an object', () => {
  const spec = { containers: [], volumes: [{ name: 'v', configMap: { name: 'x' } }] };
  const template = { spec: { template: { spec } } };
  it('are templates, kept revisions of both kinds, and pods', () => {
    const users = findUsers(
      {
        workloads: [
          { kind: 'Deployment', workload: { metadata: buildMeta('app'), ...template } } as never,
        ],
        replicaSets: [{ metadata: buildMeta('app-1', '3'), ...template }],
        controllerRevisions: [{ metadata: buildMeta('app-2'), revision: 4, data: template }],
        pods: [
          { metadata: buildMeta('app-1-a'), spec },
          { metadata: buildMeta('other'), spec: { containers: [] } },
        ],
      },
      'ConfigMap',
    );
    expect(users.map(({ what, revision, ownerUid }) => ({ what, revision, ownerUid }))).toEqual([
      { what: 'deployment/app', revision: 0, ownerUid: undefined },
      { what: 'revision 3 of deployment/app', revision: 3, ownerUid: 'app' },
      { what: 'revision 4 of deployment/app', revision: 4, ownerUid: 'app' },
      { what: 'pod/app-1-a', revision: 0, ownerUid: 'app' },
    ]);
    expect(users.every(({ names }) => names.has('x') && names.size === 1)).toBe(true);
  });
});
