import type { LocatedWorkload, Workload } from '../../src/kubernetes/owner.ts';
import { WORKLOADS } from '../../src/kubernetes/owner.ts';

type Parts = {
  kind?: keyof typeof WORKLOADS | 'ReplicaSet';
  metadata?: Partial<Workload['metadata']>;
  spec?: Partial<Workload['spec']>;
  status?: Workload['status'];
};

/** A workload of three replicas, all of which run the present template, unless said otherwise. */
export function buildWorkload({
  kind = 'Deployment',
  metadata,
  spec,
  status,
}: Parts = {}): LocatedWorkload {
  return {
    kind,
    resource:
      kind === 'ReplicaSet'
        ? { group: 'apps', version: 'v1', resource: 'replicasets' }
        : WORKLOADS[kind],
    workload: {
      metadata: { name: 'web', uid: 'u-1', resourceVersion: '7', generation: 2, ...metadata },
      spec: { replicas: 3, template: { spec: { containers: [{ name: 'app' }] } }, ...spec },
      status: { observedGeneration: 2, ...status },
    },
  };
}
