import type { Clock } from '../../system/clock.ts';
import type { Snapshot } from '../../sidecar/snapshot/snapshot.ts';
import type { Context } from '../context.ts';
import { type Bare, fail, pass, warn } from '../finding.ts';
import { set } from '../settings.ts';
import { some } from '../words.ts';
import type { ObjectState } from './objects.ts';

/** An object behind a mount, beside what is mounted. */
export function describeObject(
  state: ObjectState,
  path: string,
  snapshot: Snapshot,
  context: Context,
): Bare {
  const { object, immutable, ahead } = state;
  if (immutable) {
    return warn('object-immutable', {
      seen: `${object} behind ${path} has immutable: true`,
      remedy:
        'make one with a new name, and let the pod spec point to it: rehup rotate does both for a workload',
    });
  }
  if (ahead.length === 0) return pass(`${path} has what ${object} has`);
  return describeLag(state, path, snapshot, context);
}

/** The kubelet syncs a pod every 60 to 90 s. */
const SYNC_MS = 95_000;

function describeLag(state: ObjectState, path: string, snapshot: Snapshot, context: Context): Bare {
  const { object, ahead, writtenMs } = state;
  const { age, ageMs } = ageOf(writtenMs, context.clock);
  const behind = Math.max(0, Math.round((writtenMs - snapshot.swappedAtMs) / 1000));
  const seen = `${object} has newer ${some(ahead)} than ${path}: it was written ${age} ago, ${behind} s after the last update of the mount`;
  if (ageMs >= SYNC_MS) {
    return fail('object-newer', {
      seen,
      remedy:
        'look for FailedMount in kubectl describe pod <pod>; if there is none, the volume was made again: replace the pod, kubectl delete pod <pod>',
    });
  }
  const note = 'needs POD_NAME, a service account and a Role: docs/prompt-sync.md';
  return warn('object-newer', {
    seen,
    remedy: 'wait: the kubelet brings it within 90 s; with REHUP_PROMPT=true within one',
    remedies: [set(context, '', { REHUP_PROMPT: 'true' }, note)],
  });
}

function ageOf(writtenMs: number, clock: Clock): { age: string; ageMs: number } {
  const ageMs = Math.max(0, clock.now() - writtenMs);
  return { age: `${Math.round(ageMs / 1000)} s`, ageMs };
}
