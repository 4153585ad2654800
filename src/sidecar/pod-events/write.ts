import { FIELD_MANAGER, type KubeRequest } from '../../kubernetes/request.ts';
import type { OwnPod } from '../../kubernetes/own-pod.ts';
import type { PodEvent } from './describe.ts';

const EVENTS = { group: 'events.k8s.io', version: 'v1', resource: 'events' };

/** Limits of the API server (`pkg/apis/core/validation/events.go`), in characters. */
const MAX_NOTE = 1024;
const MAX_INSTANCE = 128;

type Written = {
  event: PodEvent;
  name: string;
  nowMs: number;
  /** What it is about, if not the own pod. */
  regarding?: { apiVersion: string; kind: string; namespace: string; name: string };
};

/** A new event, on the own pod if on nothing else, as `events.k8s.io/v1` demands it. */
export function createRequest(
  { namespace, pod }: OwnPod,
  { event, name, nowMs, regarding }: Written,
): KubeRequest {
  const { name: podName, uid } = pod.metadata;
  const { reason, type, action, note } = event;
  return {
    ...EVENTS,
    verb: 'create',
    namespace,
    body: {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name, namespace },
      eventTime: microTime(nowMs),
      reportingController: 'rehup.dev/rehup',
      reportingInstance: `${FIELD_MANAGER}-${podName}`.slice(0, MAX_INSTANCE),
      regarding: regarding ?? { apiVersion: 'v1', kind: 'Pod', namespace, name: podName, uid },
      action,
      reason,
      type,
      note: note.length > MAX_NOTE ? `${note.slice(0, MAX_NOTE - 1)}…` : note,
    },
  };
}

/** The same again: all that may be changed of an event is its series. */
export function countRequest(
  { namespace }: OwnPod,
  { name, count, nowMs }: { name: string; count: number; nowMs: number },
): KubeRequest {
  const series = { count, lastObservedTime: microTime(nowMs) };
  return { ...EVENTS, verb: 'patch', patch: 'merge-patch', namespace, name, body: { series } };
}

/** As others name theirs: the object, and the time in hexadecimal. */
export function eventName(podName: string, nowMs: number, sequence: number): string {
  const stamp = (nowMs * 1000 + (sequence % 1000)).toString(16);
  return `${podName.slice(0, 230).replace(/[-.]+$/, '')}.${stamp}`;
}

/** `metav1.MicroTime` wants six digits. */
function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
