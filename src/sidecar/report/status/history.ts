import type { Clock } from '../../../system/clock.ts';
import type { Decision, EventBus } from '../../events.ts';
import { isTaken } from '../../outcome.ts';
import { describeProcess } from '../../target/containers.ts';
import type { ShowHash } from '../hashes.ts';
import { describeChanges } from '../../snapshot/diff.ts';

/** A decision as it is kept: no processes, no long lists. */
export type PastDecision = {
  /** ISO; the last time, where it was repeated. */
  time: string;
  /** How often in a row: a retry that fails as before does not push others out. */
  times: number;
  /** ISO; where it was repeated, the first time. */
  first?: string;
  outcome: Decision['outcome'];
  action: Decision['action'];
  hash: string;
  /** The whole attempt with its proof. */
  tookMs?: number;
  /** From the swap on disk to the action. */
  swapToReloadMs?: number;
  mount?: string | string[];
  changed?: string[];
  added?: string[];
  removed?: string[];
  targets: string[];
  reason?: string;
  remedy?: string;
};

/** What was, as far as `/status` tells of it; small, since it is kept whether anybody asks or not. */
export type History = {
  /** When rehup started, on `Clock.elapsed`. */
  startedMs: number;
  /** Mount path → since when it has been watched the way it is. */
  watchedSince: ReadonlyMap<string, string>;
  /** Rule → its last decisions, the newest first. */
  decisions: ReadonlyMap<string, readonly PastDecision[]>;
};

/** Decisions kept of each rule. */
const KEPT = 20;

export function trackHistory(
  events: EventBus,
  { clock, showHash }: { clock: Clock; showHash: ShowHash },
): History {
  const watchedSince = new Map<string, string>();
  const decisions = new Map<string, readonly PastDecision[]>();
  const time = (): string => new Date(clock.now()).toISOString();

  events.on('watch-mode', ({ mount }) => watchedSince.set(mount, time()));
  events.on('watching', ({ rules }) => {
    // What a new configuration has left out is no more.
    keepOnly(
      decisions,
      rules.map(({ rule }) => rule),
    );
    keepOnly(
      watchedSince,
      rules.flatMap(({ mounts }) => mounts),
    );
  });
  events.on('decided', (decision) => {
    const next = summarize(decision, { time: time(), hash: showHash(decision.hash, decision) });
    decisions.set(decision.rule, remember(decisions.get(decision.rule) ?? [], next));
  });
  return { startedMs: clock.elapsed(), watchedSince, decisions };
}

function keepOnly(map: Map<string, unknown>, names: readonly string[]): void {
  for (const name of map.keys()) if (!names.includes(name)) map.delete(name);
}

function remember(before: readonly PastDecision[], next: PastDecision): readonly PastDecision[] {
  const [last] = before;
  if (last === undefined || !isRepetition(last, next)) return [next, ...before].slice(0, KEPT);
  const repeated = { ...next, times: last.times + 1, first: last.first ?? last.time };
  return [repeated, ...before.slice(1)];
}

/** Every reload is an event of its own, also where somebody asks for the same one again. */
function isRepetition(last: PastDecision, next: PastDecision): boolean {
  return (
    !isTaken(next.outcome) &&
    last.outcome === next.outcome &&
    last.hash === next.hash &&
    last.reason === next.reason
  );
}

function summarize(decision: Decision, about: Pick<PastDecision, 'time' | 'hash'>): PastDecision {
  const { outcome, action, tookMs, swapToReloadMs, changes, targets, reason, remedy } = decision;
  return {
    ...about,
    times: 1,
    outcome,
    action,
    ...(tookMs !== undefined && { tookMs: Math.round(tookMs) }),
    ...(swapToReloadMs !== undefined && { swapToReloadMs: Math.round(swapToReloadMs) }),
    ...describeChanges(changes),
    targets: targets.map(describeProcess),
    ...(reason !== undefined && { reason }),
    ...(remedy !== undefined && { remedy }),
  };
}
