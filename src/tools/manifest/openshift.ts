import { oneOf } from '../../config/parse.ts';
import { asNumber } from '../../system/plain.ts';
import type { Path } from './path.ts';
import type { Pod } from './pod.ts';

/** What a cluster does to pods beyond what Kubernetes does. */
export type Platform = 'openshift';

export const parsePlatform = oneOf<Platform>('openshift');

/**
 * Where the ranges begin from which OpenShift gives each namespace its uids and groups
 * (`openshift.io/sa.scc.uid-range`); a namespace is given one of ten thousand.
 */
const FIRST_ASSIGNED = 1_000_000_000;

/** It may be of the range of the namespace. */
export function mayBeAssigned(id: number): boolean {
  return id >= FIRST_ASSIGNED;
}

/** As the SCC restricted-v2 lets it in: with a group for its files. What the pod says stays. */
export function asAdmitted(pod: Pod, platform: Platform | undefined): Pod {
  if (platform === undefined) return pod;
  return { ...pod, security: { fsGroup: FIRST_ASSIGNED, ...pod.security } };
}

/** What the SCC restricted-v2 refuses: users and groups of somebody's own choice. */
export function findRefused({ path, security, containers }: Pod): readonly Path[] {
  const chosen = [
    ...['runAsUser', 'fsGroup'].map((field) => ({ path, security, field })),
    ...containers.map((one) => ({ ...one, field: 'runAsUser' })),
  ];
  return chosen.flatMap(({ path: at, security: fields, field }) => {
    const id = asNumber(fields[field]);
    return id === undefined || mayBeAssigned(id) ? [] : [[...at, 'securityContext', field]];
  });
}
