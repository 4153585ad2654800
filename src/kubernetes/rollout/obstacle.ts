import type { LocatedWorkload } from '../owner.ts';

export type Obstacle = { reason: string; remedy: string };

/**
 * Why a changed pod template would not replace the pods: the API takes the change all the same, and
 * nothing happens.
 */
export function findObstacle({ kind, workload }: LocatedWorkload): Obstacle | undefined {
  const { metadata, spec } = workload;
  const what = `${kind} ${metadata.name}`;
  const reference = `${kind.toLowerCase()}/${metadata.name}`;
  if (metadata.deletionTimestamp !== undefined) {
    return { reason: `${what} is being deleted`, remedy: 'none needed' };
  }
  if (kind === 'ReplicaSet') {
    return {
      reason: `${what} has no Deployment above it: it never replaces its pods`,
      remedy: 'run the app as a Deployment, or set REHUP_RESTART=container',
    };
  }
  // As far as the type goes it is there; a Rollout may refer to a Deployment's template instead.
  if ((spec.template as object | undefined) === undefined) {
    return {
      reason: `${what} has no pod template of its own (spec.workloadRef)`,
      remedy: 'put the template into the Rollout, or set REHUP_RESTART=container',
    };
  }
  if (spec.paused === true) {
    return {
      reason: `${what} is paused: it would not replace its pods`,
      remedy: `resume it: kubectl rollout resume ${reference}`,
    };
  }
  if (spec.updateStrategy?.type === 'OnDelete') {
    return {
      reason: `${what} replaces no pods by itself (updateStrategy: OnDelete)`,
      remedy: 'set spec.updateStrategy.type: RollingUpdate, or delete the pods one by one',
    };
  }
  return undefined;
}
