import type { KubeProblem, ProblemKind } from './problem.ts';

/** What rehup needs the API for: named in log lines. */
export type Feature = 'prompt' | 'events' | 'source' | 'wave' | 'keep';

/** Where it is told. */
export type NoticeBus = {
  emit(name: 'api-problem', told: { feature: Feature; reason: string; remedy: string }): unknown;
  emit(name: 'api-recovered', told: { feature: Feature }): unknown;
};

/** Takes the state of one of several things that a feature does; `undefined`: it works. */
export type Notice = (part: string, problem: KubeProblem | undefined) => void;

/**
 * Turns what goes wrong, often again and again, into what a person has to know: each problem once, and
 * once that it is over. What passes by itself within a moment is not told at all. Several parts fail
 * for one reason when the API server is away: that is one problem. A verb that is missing is one by
 * itself.
 */
export function createNotice(feature: Feature, events: NoticeBus): Notice {
  const told = new Map<string, ProblemKind>();
  const failures = new Map<string, number>();
  const isTold = (kind: ProblemKind): boolean => [...told.values()].includes(kind);

  const recover = (part: string): void => {
    const kind = told.get(part);
    failures.delete(part);
    told.delete(part);
    if (kind !== undefined && !isTold(kind)) events.emit('api-recovered', { feature });
  };

  return (part, problem) => {
    if (problem === undefined) return recover(part);
    const { kind, message: reason, remedy } = problem;
    const count = (failures.get(part) ?? 0) + 1;
    failures.set(part, count);
    if ((isPassing(problem) && count === 1) || told.get(part) === kind) return;
    const isNew = kind === 'forbidden' || !isTold(kind);
    told.set(part, kind);
    if (isNew) events.emit('api-problem', { feature, reason, remedy });
  };
}

function isPassing({ kind }: KubeProblem): boolean {
  return ['conflict', 'throttled', 'unauthorized', 'unreachable', 'timed-out'].includes(kind);
}
