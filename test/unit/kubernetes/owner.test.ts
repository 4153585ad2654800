import { describe, expect, it } from 'vitest';
import type { KubeClient } from '../../../src/kubernetes/client.ts';
import { findWorkload, readController } from '../../../src/kubernetes/owner.ts';
import { KubeProblem } from '../../../src/kubernetes/problem.ts';
import type { KubeRequest } from '../../../src/kubernetes/request.ts';
import type { KubeObject, OwnerReference } from '../../../src/kubernetes/types.ts';

const { signal } = new AbortController();

function owner(kind: string, more: Partial<OwnerReference> = {}): OwnerReference {
  const name = kind.toLowerCase();
  return { apiVersion: 'apps/v1', kind, name, uid: `uid of ${name}`, controller: true, ...more };
}

function object(name: string, ...ownerReferences: OwnerReference[]): KubeObject {
  const metadata = { name, namespace: 'web', uid: `uid of ${name}`, resourceVersion: '1' };
  return { metadata: { ...metadata, ownerReferences } };
}

/** A client that has these objects, by resource and name, and notes what it was asked. */
function clientOf(objects: Readonly<Record<string, KubeObject>>): {
  client: KubeClient;
  asked: string[];
} {
  const asked: string[] = [];
  const request = async <Answer>({ group, resource, namespace, name }: KubeRequest) => {
    asked.push(`${namespace}/${resource}.${group}/${name}`);
    const found = objects[`${resource}/${name}`];
    if (found) return found as Answer;
    throw new KubeProblem({ kind: 'not-found', message: `${name} not found`, remedy: '' });
  };
  return { asked, client: { request } as Pick<KubeClient, 'request'> as KubeClient };
}

describe('the workload of a pod', () => {
  it('is the Deployment above its ReplicaSet', async () => {
    const { client, asked } = clientOf({
      'replicasets/replicaset': object('replicaset', owner('Deployment')),
      'deployments/deployment': object('deployment'),
    });
    const found = await findWorkload(client, object('pod', owner('ReplicaSet')), signal);
    expect(found).toMatchObject({ kind: 'Deployment', resource: { resource: 'deployments' } });
    expect(found?.workload.metadata.name).toBe('deployment');
    expect(asked).toEqual(['web/replicasets.apps/replicaset', 'web/deployments.apps/deployment']);
  });

  it('is the Argo Rollout above its ReplicaSet', async () => {
    const { client, asked } = clientOf({
      'replicasets/replicaset': object(
        'replicaset',
        owner('Rollout', { apiVersion: 'argoproj.io/v1alpha1' }),
      ),
      'rollouts/rollout': object('rollout'),
    });
    const found = await findWorkload(client, object('pod', owner('ReplicaSet')), signal);
    expect(found).toMatchObject({ kind: 'Rollout' });
    expect(asked[1]).toBe('web/rollouts.argoproj.io/rollout');
  });

  it.each([
    ['StatefulSet', 'statefulsets'],
    ['DaemonSet', 'daemonsets'],
  ])('is its %s', async (kind, resource) => {
    const name = kind.toLowerCase();
    const { client, asked } = clientOf({ [`${resource}/${name}`]: object(name) });
    const found = await findWorkload(client, object('pod', owner(kind)), signal);
    expect(found).toMatchObject({ kind, resource: { resource } });
    expect(asked).toHaveLength(1);
  });

  it('is its ReplicaSet where nothing is above that', async () => {
    const { client } = clientOf({ 'replicasets/replicaset': object('replicaset') });
    const found = await findWorkload(client, object('pod', owner('ReplicaSet')), signal);
    expect(found).toMatchObject({ kind: 'ReplicaSet' });
  });

  it.each([
    ['without an owner', []],
    ['with an owner that is not a controller', [owner('ReplicaSet', { controller: false })]],
    ['with an owner that does not say', [{ ...owner('Node'), controller: undefined as never }]],
  ])('is nothing of a pod %s, and nothing is asked', async (_, owners) => {
    const { client, asked } = clientOf({});
    expect(await findWorkload(client, object('pod', ...owners), signal)).toBeUndefined();
    expect(asked).toEqual([]);
  });

  it('is the one that controls the pod, of several owners', async () => {
    const { client } = clientOf({ 'statefulsets/statefulset': object('statefulset') });
    const pod = object('pod', owner('ReplicaSet', { controller: false }), owner('StatefulSet'));
    expect(await readController(client, pod, signal)).toMatchObject({ kind: 'StatefulSet' });
  });

  it.each([
    ['Job', 'batch/v1'],
    ['Deployment', 'example.com/v1'],
    ['constructor', 'apps/v1'],
  ])(
    'is none that is known, if it is a %s of %s: says so, and asks nothing',
    async (kind, apiVersion) => {
      const { client, asked } = clientOf({});
      const pod = object('pod', owner(kind, { apiVersion }));
      await expect(findWorkload(client, pod, signal)).rejects.toMatchObject({
        kind: 'rejected',
        message: expect.stringContaining(`belongs to the ${kind} ${kind.toLowerCase()}`),
      });
      expect(asked).toEqual([]);
    },
  );

  it('is not the one that bears the name of a deleted owner', async () => {
    const { client } = clientOf({ 'replicasets/replicaset': object('replicaset') });
    const pod = object('pod', owner('ReplicaSet', { uid: 'uid of the deleted one' }));
    await expect(findWorkload(client, pod, signal)).rejects.toMatchObject({
      kind: 'rejected',
      message: expect.stringContaining('was deleted; another one has its name'),
    });
  });

  it('is not the Deployment that bears the name of a deleted one', async () => {
    const { client } = clientOf({
      'replicasets/replicaset': object('replicaset', owner('Deployment', { uid: 'old' })),
      'deployments/deployment': object('deployment'),
    });
    const pod = object('pod', owner('ReplicaSet'));
    await expect(findWorkload(client, pod, signal)).rejects.toThrow(/another one has its name/);
  });

  it('hands on that it was not found', async () => {
    const { client } = clientOf({});
    const pod = object('pod', owner('ReplicaSet'));
    await expect(findWorkload(client, pod, signal)).rejects.toMatchObject({ kind: 'not-found' });
  });
});
