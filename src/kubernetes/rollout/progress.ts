import type { LocatedWorkload, Workload } from '../owner.ts';

/** How far a rollout is: `waiting` and `failed` say for, and because of, what. */
export type Progress =
  { state: 'ready' } | { state: 'waiting'; reason: string } | { state: 'failed'; reason: string };

type Status = Readonly<Record<string, unknown>>;

const ready: Progress = { state: 'ready' };

/** Reads it off the workload's status, by the same rules as `kubectl rollout status`. */
export function readProgress({ kind, workload }: LocatedWorkload): Progress {
  const { status = {}, metadata } = workload;
  const observed = Number(status['observedGeneration'] ?? 0);
  if (observed < (metadata.generation ?? 0)) {
    return waiting('the controller has yet to see the change');
  }
  switch (kind) {
    case 'Deployment':
      return ofDeployment(workload, status);
    case 'StatefulSet':
      return ofStatefulSet(workload, status);
    case 'DaemonSet':
      return ofDaemonSet(status);
    default:
      return ofArgoRollout(status);
  }
}

type Condition = { type?: string; reason?: string; message?: string };

function ofDeployment({ spec }: Workload, status: Status): Progress {
  const conditions = (status['conditions'] ?? []) as readonly Condition[];
  const progressing = conditions.find(({ type }) => type === 'Progressing');
  if (progressing?.reason === 'ProgressDeadlineExceeded') {
    return { state: 'failed', reason: 'its progress deadline is exceeded' };
  }
  const wanted = spec.replicas ?? 1;
  const updated = count(status, 'updatedReplicas');
  if (updated < wanted) return waiting(`${updated} of ${wanted} new pods have been created`);
  const old = count(status, 'replicas') - updated;
  if (old > 0) return waiting(`${old} old pods have yet to end`);
  const available = count(status, 'availableReplicas');
  return available < updated ? waiting(`${available} of ${updated} new pods are available`) : ready;
}

function ofStatefulSet({ spec }: Workload, status: Status): Progress {
  const wanted = spec.replicas ?? 1;
  const able = count(status, 'readyReplicas');
  const partition = spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  const updated = count(status, 'updatedReplicas');
  const toUpdate = Math.max(0, wanted - partition);
  const moved = status['updateRevision'] === status['currentRevision'];
  if (updated < toUpdate && !moved) return waiting(`${updated} of ${toUpdate} pods are updated`);
  if (able < wanted) return waiting(`${able} of ${wanted} pods are ready`);
  return moved || partition > 0 ? ready : waiting('the last pods are being taken over');
}

function ofDaemonSet(status: Status): Progress {
  const wanted = count(status, 'desiredNumberScheduled');
  const updated = count(status, 'updatedNumberScheduled');
  if (updated < wanted) return waiting(`${updated} of ${wanted} pods are updated`);
  const available = count(status, 'numberAvailable');
  return available < wanted ? waiting(`${available} of ${wanted} pods are available`) : ready;
}

/** Argo sums it up in `status.phase`. */
function ofArgoRollout(status: Status): Progress {
  const phase = text(status['phase']);
  if (phase === 'Healthy') return ready;
  const message = text(status['message']);
  if (phase === 'Degraded') return { state: 'failed', reason: message || 'it is degraded' };
  return waiting(message || `its phase is ${phase || 'unknown'}`);
}

function waiting(reason: string): Progress {
  return { state: 'waiting', reason };
}

function count(status: Status, field: string): number {
  const value = status[field];
  return typeof value === 'number' ? value : 0;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
