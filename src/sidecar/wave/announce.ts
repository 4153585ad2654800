import type { OwnPod } from '../../kubernetes/own-pod.ts';
import type { Notice } from '../../kubernetes/notice.ts';
import { pauseAfter } from '../../kubernetes/backoff.ts';
import { KubeProblem } from '../../kubernetes/problem.ts';
import type { KubeRequest } from '../../kubernetes/request.ts';
import type { SourceReference } from '../../kubernetes/types.ts';
import type { Clock } from '../../system/clock.ts';
import { createRequest, eventName } from '../pod-events/write.ts';
import type { Fleet } from './owner.ts';
import type { Verdict } from './record.ts';

/** The annotation of a workload that tells of content that was rejected. Part of the contract. */
const REJECTED_ANNOTATION = 'rehup.dev/rejected';

export type AnnounceInput = {
  own: OwnPod;
  fleet: Fleet;
  sources: readonly SourceReference[];
  clock: Clock;
  random: () => number;
  notice: Notice;
};

const ATTEMPTS = 6;

/**
 * Tells the cluster of a verdict: an annotation of the workload, and an event about each object that the
 * content comes from. The objects are left alone: whatever keeps them as they are in git would undo it.
 *
 * @param verdict `undefined`: what was rejected is over.
 */
export async function announce(
  input: AnnounceInput,
  { rule, verdict, remedy }: { rule: string; verdict: Verdict | undefined; remedy: string },
  signal: AbortSignal,
): Promise<void> {
  const { own, fleet, sources, clock } = input;
  if (fleet.resource !== undefined) {
    const value = verdict === undefined ? null : JSON.stringify({ rule, ...verdict });
    const body = { metadata: { annotations: { [REJECTED_ANNOTATION]: value } } };
    const { resource, name } = fleet;
    const at = { ...resource, namespace: own.namespace, name, body, metadataOnly: true };
    await tell(input, 'annotation', { ...at, verb: 'patch', patch: 'merge-patch' }, signal);
  }
  if (verdict === undefined) return;
  for (const [index, { kind, name }] of sources.entries()) {
    const nowMs = clock.now();
    const regarding = { apiVersion: 'v1', kind, namespace: own.namespace, name };
    const note = `the pod ${verdict.by} rejected this content: ${verdict.outcome}: ${verdict.reason}; all others keep what they have; remedy: ${remedy}`;
    const event = { reason: 'ConfigRejected', type: 'Warning', action: 'Reload', note } as const;
    const written = { event, name: eventName(name, nowMs, index), nowMs, regarding };
    await tell(input, 'event', createRequest(own, written), signal);
  }
}

/** Some attempts: that it was said is of less weight than what it says, and never in its way. */
async function tell(
  { own, clock, random, notice }: AnnounceInput,
  part: string,
  request: KubeRequest,
  signal: AbortSignal,
): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      await own.client.request(request, signal);
      return notice(part, undefined);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof KubeProblem)) throw error;
      notice(part, error);
      if (error.kind === 'forbidden' || error.kind === 'not-found') return undefined;
      await clock.sleep(pauseAfter(error, attempt, random()), signal);
    }
  }
}
