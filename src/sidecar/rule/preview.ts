import type { Failure } from '../outcome.ts';
import { notShared } from '../target/select.ts';
import { startOf } from '../target/age.ts';
import type { Process } from '../target/processes.ts';
import type { AttemptParts } from './attempt.ts';
import { foresee } from './obstacle.ts';

/** Whom a rule would act on now, and what would stand against it. */
export type Preview = {
  targets: readonly Process[];
  failure?: Failure;
  /** The target is not there yet, as before the app starts: no failure as long as nothing changes. */
  awaited?: Failure;
  /** The target is just starting, and may yet install its handlers: too early to tell. */
  early?: true;
};

export function previewTargets(parts: AttemptParts): Preview {
  const { resolve, watched, action, clock } = parts;
  const resolution = resolve(watched, 'lately');
  if ('failure' in resolution) {
    const { failure } = resolution;
    if (!action.needsTarget) {
      const obstacle = action.check({ changes: new Map(), hash: '', targets: [] });
      return { targets: [], ...(obstacle && { failure: obstacle }) };
    }
    const awaited = failure.outcome === 'no-target' && failure !== notShared;
    return awaited ? { targets: [], awaited: failure } : { targets: [], failure };
  }
  const { targets } = resolution;
  if (targets.some((target) => startOf(target).toMs > clock.uptime())) {
    return { targets, early: true };
  }
  const request = { changes: new Map(), hash: '', targets };
  const failure = foresee(parts, { resolution, request });
  return { targets, ...(failure && { failure }) };
}
