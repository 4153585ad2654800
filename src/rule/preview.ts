import type { Clock } from '../clock.ts';
import type { Failure } from '../outcome.ts';
import type { Watched } from '../target/auto.ts';
import { notShared } from '../target/select.ts';
import type { Process } from '../target/processes.ts';
import type { AttemptParts } from './attempt.ts';

/** Whom a rule would act on now, and what would stand against it. */
export type Preview = {
  targets: readonly Process[];
  failure?: Failure;
  /** The target is not there yet, as before the app starts: no failure as long as nothing changes. */
  awaited?: Failure;
};

export function previewTargets({
  resolve,
  watched,
  action,
  clock,
}: AttemptParts & { watched: readonly Watched[] }): Preview {
  const resolution = resolve(watched);
  if ('failure' in resolution) {
    const { failure } = resolution;
    if (!action.needsTarget) return { targets: [] };
    const awaited = failure.outcome === 'no-target' && failure !== notShared;
    return awaited ? { targets: [], awaited: failure } : { targets: [], failure };
  }
  const { targets } = resolution;
  const failure = targets.every((target) => hasStarted(target, clock))
    ? action.check({ changes: new Map(), hash: '', targets })
    : undefined;
  return { targets, ...(failure && { failure }) };
}

/** A process that is just starting may yet install its handlers: too early to complain. */
const STARTING_MS = 10_000;

function hasStarted({ startedMs }: Process, clock: Clock): boolean {
  return clock.uptime() - startedMs >= STARTING_MS;
}
