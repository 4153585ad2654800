import type { LocatedWorkload } from '../../kubernetes/owner.ts';

type Condition = { type?: string; reason?: string; lastUpdateTime?: string };

const EXCEEDED = 'ProgressDeadlineExceeded';

/**
 * A Deployment that goes back to a ReplicaSet that it has already keeps saying that its deadline is
 * exceeded until that is complete: it speaks of the rollout before. Takes it out of the status.
 *
 * @param before The workload before its template was changed.
 */
export function withoutStaleDeadline(
  found: LocatedWorkload,
  before: LocatedWorkload,
): LocatedWorkload {
  const { workload } = found;
  const stale = deadlineOf(before)?.lastUpdateTime;
  if (stale === undefined || deadlineOf(found)?.lastUpdateTime !== stale) return found;
  const conditions = conditionsOf(found).filter(({ reason }) => reason !== EXCEEDED);
  return { ...found, workload: { ...workload, status: { ...workload.status, conditions } } };
}

function deadlineOf(found: LocatedWorkload): Condition | undefined {
  return conditionsOf(found).find(({ reason }) => reason === EXCEEDED);
}

function conditionsOf({ workload }: LocatedWorkload): readonly Condition[] {
  return (workload.status?.['conditions'] ?? []) as readonly Condition[];
}
