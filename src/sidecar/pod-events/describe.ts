import type { CanaryNow, Decision, StartedFromKept } from '../events.ts';
import type { Failure, FailureOutcome } from '../outcome.ts';
import { isSettled, isTaken } from '../outcome.ts';
import type { Changes } from '../snapshot/diff.ts';
import type { MountProblem } from '../snapshot/problem.ts';
import { describeProcess } from '../target/containers.ts';

/** Part of the contract: what alerts and people look for. */
export type EventReason =
  | 'ConfigReloaded'
  | 'ConfigReloadFailed'
  | 'ConfigReloadRecovered'
  /** It takes a person: no further attempt can help by itself. */
  | 'ConfigNotReloadable'
  /** Another pod tried it first, and it went wrong there. */
  | 'ConfigRejected'
  /** New pods start with what an earlier one had kept, since what there is now is invalid. */
  | 'ConfigStartedFromKept';

/** What a Kubernetes event is to say. Equal ones are one event that is counted. */
export type PodEvent = {
  reason: EventReason;
  type: 'Normal' | 'Warning';
  /** What was done: `Reload`, `Read`. */
  action: string;
  /** Rule names, key names and reasons; never contents. */
  note: string;
};

/** Nothing about these changes until somebody changes the manifest. */
const BEYOND_RETRY: readonly FailureOutcome[] = [
  'ambiguous-target',
  'no-handler',
  'not-permitted',
  'no-target',
];

/** @param failedBefore The attempt before this one of the same rule had failed. */
export function describeDecision(
  { rule, outcome, reason, remedy, targets, changes, waits }: Decision,
  failedBefore: boolean,
): PodEvent | undefined {
  const prefix = prefixOf(rule);
  if (isTaken(outcome)) {
    const whom = targets.map(describeProcess).join(', ') || 'the app';
    const did = outcome === 'published' && targets.length === 0 ? 'gets' : 'took';
    const what = nameKeys(changes);
    const note = `${prefix}${whom} ${did} the new content${what === '' ? '' : ` (${what})`}`;
    const kind = failedBefore ? 'ConfigReloadRecovered' : 'ConfigReloaded';
    return { reason: kind, type: 'Normal', action: 'Reload', note };
  }
  if (isSettled(outcome) || outcome === 'too-young' || waits) return undefined;
  return {
    reason: BEYOND_RETRY.includes(outcome) ? 'ConfigNotReloadable' : 'ConfigReloadFailed',
    type: 'Warning',
    action: 'Reload',
    note: describeWhy({ rule, outcome, reason: reason ?? 'no reason known', remedy }),
  };
}

/** What would stand against a reload, said before there is one to be done. */
export function describeUnreloadable(rule: string, failure: Failure): PodEvent {
  const note = describeWhy({ rule, ...failure });
  return { reason: 'ConfigNotReloadable', type: 'Warning', action: 'Look', note };
}

export function describeStart({ rule, reason, ...start }: StartedFromKept): PodEvent {
  const { at, by, object, remedy } = start;
  const advice = remedy === undefined ? '' : `; remedy: ${remedy}`;
  const note = `${prefixOf(rule)}the app gets what ${by} kept at ${at} in ${object}, which is older than the source: ${reason}${advice}`;
  return { reason: 'ConfigStartedFromKept', type: 'Warning', action: 'Start', note };
}

type Why = { rule: string; outcome: FailureOutcome; reason: string; remedy?: string | undefined };

function describeWhy({ rule, outcome, reason, remedy }: Why): string {
  const advice = remedy === undefined ? '' : `; remedy: ${remedy}`;
  return `${prefixOf(rule)}${outcome}: ${reason}${advice}`;
}

function prefixOf(rule: string): string {
  return rule === 'default' ? '' : `${rule}: `;
}

/** Of two sources, nothing says for which pods the next one is; what is wrong with it is told as a decision. */
export function describeCanary({
  rule,
  why,
  reason,
  remedy = '',
}: CanaryNow): PodEvent | undefined {
  if (why !== 'no-percent' && why !== 'bad-percent') return undefined;
  const note = `${prefixOf(rule)}${reason}; remedy: ${remedy}`;
  return { reason: 'ConfigReloadFailed', type: 'Warning', action: 'Choose', note };
}

/** Of the problems with a mount, those that only a changed manifest or a new pod ends. */
export function describeMountProblem({ kind, reason, remedy }: MountProblem): PodEvent | undefined {
  if (kind !== 'sub-path' && kind !== 'torn-down') return undefined;
  const note = `${reason}; remedy: ${remedy}`;
  return { reason: 'ConfigNotReloadable', type: 'Warning', action: 'Read', note };
}

/** A note has 1024 characters. */
const SHOWN_KEYS = 5;

function nameKeys(changes: Changes): string {
  const keys = [...changes.values()].flatMap(({ added, changed, removed }) => [
    ...changed,
    ...added,
    ...removed,
  ]);
  const more = keys.length > SHOWN_KEYS ? ` and ${keys.length - SHOWN_KEYS} more` : '';
  return `${keys.slice(0, SHOWN_KEYS).join(', ')}${more}`;
}

/** Whether the rule counts as failing after this. */
export function isFailure({ outcome, waits }: Pick<Decision, 'outcome' | 'waits'>): boolean {
  return !isSettled(outcome) && outcome !== 'too-young' && waits !== true;
}
