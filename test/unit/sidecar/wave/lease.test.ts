import { expect, it } from 'vitest';
import type { KubeClient } from '../../../../src/kubernetes/client.ts';
import type { KubeProblem } from '../../../../src/kubernetes/problem.ts';
import { createLeaseStore } from '../../../../src/sidecar/wave/lease.ts';
import { leaseName } from '../../../../src/sidecar/wave/owner.ts';
import { buildProblem } from '../../../support/problem-builder.ts';

it('is another one for each kind of workload with the same name', () => {
  const kinds = ['Deployment', 'StatefulSet', 'DaemonSet', 'Rollout', 'ReplicaSet'];
  const names = kinds.map((kind) => leaseName({ kind, name: 'web' }));
  expect(names).toContain('rehup-statefulset-web');
  expect(new Set(names).size).toBe(kinds.length);
  // No name of another workload makes it the same.
  expect(leaseName({ kind: 'Deployment', name: 'statefulset-web' })).not.toBe(names[1]);
});

it('that is missing is to be created, with the command that does so', async () => {
  const client: KubeClient = {
    request: async () => await Promise.reject(buildProblem('not-found')),
    stream: () => {
      throw new Error('nobody watches a Lease');
    },
  };
  const store = createLeaseStore({ client, namespace: 'shop' }, 'rehup-daemonset-web', Date.now);
  const error = await store.read(AbortSignal.timeout(5000)).catch((one: unknown) => one);
  const { kind, remedy } = error as KubeProblem;
  expect(kind).toBe('not-found');
  expect(remedy).toMatch(/^create it: echo '\{.*\}' \| kubectl -n shop apply -f -$/);
  const [text = ''] = /\{.*\}/.exec(remedy) ?? [];
  expect(JSON.parse(text)).toMatchObject({
    kind: 'Lease',
    metadata: { name: 'rehup-daemonset-web' },
  });
});
