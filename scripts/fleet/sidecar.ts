import { pauseAfter } from '../../src/kubernetes/backoff.ts';
import { KubeProblem } from '../../src/kubernetes/problem.ts';
import { afterPatch, isExhausted, planAsk } from '../../src/sidecar/prompt/schedule.ts';
import type { Answer, ApiServer } from './api-server.ts';
import type { Timeline } from './events.ts';

export type SidecarInput = {
  timeline: Timeline;
  server: ApiServer;
  /** This pod's part of the splay, in milliseconds. */
  splayMs: number;
  random: () => number;
  hasContent: () => boolean;
  /** The pod has changed in the API, which its kubelet hears of. */
  onPatched: () => void;
  onSent: () => void;
  onAnswer: (answer: Answer) => void;
};

/** Prompt sync of one pod, with the schedule of the real one; called when its watch tells of the change. */
export function startSidecar(input: SidecarInput): void {
  const { timeline, server, splayMs, random, hasContent, onPatched, onSent, onAnswer } = input;
  let ask = planAsk(timeline.now(), splayMs);
  let failures = 0;

  const take = (answer: Answer): void => {
    const nowMs = timeline.now();
    onAnswer(answer);
    failures = answer.kind === 'done' ? 0 : failures + 1;
    ask =
      answer.kind === 'done'
        ? afterPatch(ask, nowMs)
        : { ...ask, dueMs: nowMs + pauseAfter(toProblem(answer), failures, random()) };
    timeline.at(ask.dueMs, turn);
  };

  const turn = (): void => {
    if (hasContent() || isExhausted(ask, timeline.now())) return;
    onSent();
    server.patch(onPatched, take);
  };

  timeline.at(ask.dueMs, turn);
}

function toProblem(answer: Exclude<Answer, { kind: 'done' }>): KubeProblem {
  return new KubeProblem({ message: '', remedy: '', ...answer });
}
