import type { Clock } from '../../system/clock.ts';
import type { Action, ReloadRequest } from '../act/action.ts';
import type { Failure } from '../outcome.ts';
import { describeProcess } from '../target/containers.ts';
import type { Process } from '../target/processes.ts';
import type { Resolution, Watched } from '../target/resolution.ts';
import { findTornDown } from '../target/torn-down.ts';
import type { Spare } from './spare.ts';

export type ObstacleParts = {
  action: Action;
  /** The mounts of the rule. */
  watched: readonly Watched[];
  spare: Spare;
  minAgeMs: number;
  clock: Clock;
};

export type Chosen = {
  resolution: Resolution;
  /** Those of them that need the content. */
  request: ReloadRequest;
};

/**
 * What stands against acting on the chosen targets now. Knows how they were found, their volumes, the
 * signals that have ended them, and what the action itself objects to; decides which of several
 * objections is the one to be told: what only a person can change comes first, then what passes.
 *
 * @param force Whoever asks for a reload asks to try a signal once more that has ended the app.
 */
export function findObstacle(
  parts: ObstacleParts,
  chosen: Chosen,
  force: boolean,
): Failure | undefined {
  const { action, spare } = parts;
  const { targets } = chosen.request;
  return (
    findLeftAlone(parts, chosen, { isRestartToCome: false }) ??
    findWithoutVolume(parts, targets) ??
    findTooYoung(parts, targets) ??
    (force ? undefined : spare.findHeld(action, targets)) ??
    action.check(chosen.request)
  );
}

/** The same, as far as it shows before there is anything to be done. A restart may be to come after it. */
export function foresee(parts: ObstacleParts, chosen: Chosen): Failure | undefined {
  const { action, spare } = parts;
  const { targets } = chosen.request;
  return (
    findLeftAlone(parts, chosen, { isRestartToCome: true }) ??
    findWithoutVolume(parts, targets) ??
    spare.findHeld(action, targets) ??
    action.check(chosen.request)
  );
}

/** Targets that must be left alone, and those that nothing but a restart can help, if the action is none. */
function findLeftAlone(
  { action }: ObstacleParts,
  { resolution, request }: Chosen,
  { isRestartToCome }: { isRestartToCome: boolean },
): Failure | undefined {
  if (!action.needsTarget || 'failure' in resolution) return undefined;
  const { obstacles, onlyByRestart } = resolution;
  const isHelped = action.actsOnSubPath === true || isRestartToCome;
  return request.targets.flatMap(
    ({ pid }) => obstacles?.get(pid) ?? (isHelped ? [] : (onlyByRestart?.get(pid) ?? [])),
  )[0];
}

/** A target that is meant to end mounts the volume anew. */
function findWithoutVolume(
  { action, watched }: ObstacleParts,
  targets: readonly Process[],
): Failure | undefined {
  return action.endsTarget === true ? undefined : findTornDown(targets, watched);
}

/** A process that has just started may not have its handlers in place. */
function findTooYoung(
  { minAgeMs, clock }: ObstacleParts,
  targets: readonly Process[],
): Failure | undefined {
  for (const target of targets) {
    const leftMs = target.startedMs + minAgeMs - clock.uptime();
    if (leftMs > 0) {
      return {
        outcome: 'too-young',
        reason: `${describeProcess(target)} is younger than ${minAgeMs} ms`,
        remedy: 'none needed: it is tried again at that age (REHUP_MIN_AGE)',
        retryAfterMs: leftMs,
      };
    }
  }
  return undefined;
}
