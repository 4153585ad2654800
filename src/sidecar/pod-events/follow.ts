import { inBackground } from '../../system/background.ts';
import type { Clock } from '../../system/clock.ts';
import { describeBug } from '../../system/errors.ts';
import type { EventBus } from '../events.ts';
import { createNotice } from '../../kubernetes/notice.ts';
import { isTaken } from '../outcome.ts';
import type { OpenOwnPod } from '../../kubernetes/own-pod.ts';
import {
  describeCanary,
  describeDecision,
  describeMountProblem,
  describeStart,
  describeUnreloadable,
  isFailure,
  type PodEvent,
} from './describe.ts';
import { createRecorder } from './recorder.ts';

export type FollowInput = {
  events: EventBus;
  openOwnPod: OpenOwnPod;
  clock: Clock;
  /** Leave out what went well: in a fleet, each reload would be a write per pod. */
  warningsOnly: boolean;
};

/** Tells the cluster what happens, as Kubernetes events on the own pod, until it is disposed of. */
export function writePodEvents(input: FollowInput): AsyncDisposable {
  const { events, openOwnPod, clock, warningsOnly } = input;
  const notice = createNotice('events', events);
  const recorder = createRecorder({ openOwnPod, clock, random: Math.random, notice });
  const failing = new Set<string>();

  const record = (event: PodEvent | undefined): void => {
    if (event === undefined || (warningsOnly && event.type === 'Normal')) return;
    recorder.record(event);
  };
  events.on('decided', (decision) => {
    const { rule, outcome } = decision;
    if (outcome === 'superseded') return;
    record(describeDecision(decision, failing.has(rule)));
    if (isFailure(decision)) failing.add(rule);
    else if (isTaken(outcome)) failing.delete(rule);
  });
  events.on('reloadable', ({ rule, failure, news }) => {
    if (failure && news) record(describeUnreloadable(rule, failure));
  });
  events.on('started-from-kept', (started) => record(describeStart(started)));
  events.on('canary', (now) => record(describeCanary(now)));
  events.on('mount-problem', ({ problem }) => record(describeMountProblem(problem)));
  return inBackground(recorder.run, (error) =>
    events.emit('api-problem', { feature: 'events', ...describeBug(error) }),
  );
}
