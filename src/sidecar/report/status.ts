import type { CanaryNow, Decision, EventBus } from '../events.ts';
import type { Fault } from '../../system/fault.ts';
import { describeProcess } from '../target/containers.ts';
import type { ShowHash } from './hashes.ts';
import { describeChanges } from '../snapshot/diff.ts';

/** What `/status` shows of the events; the rest it asks for when somebody looks. */
export type Status = {
  version: string;
  started: string;
  mounts: Record<string, MountStatus>;
  rules: Record<string, RuleStatus>;
};

type MountStatus = {
  mode?: string;
  /** Why it is polled although that was not asked for. */
  fallback?: { check: Fault; reason: string };
  problem?: string;
  remedy?: string;
};

/** What the events alone tell of a rule. */
export type RuleStatus = {
  action: string;
  pending: boolean;
  /** Mount path → hash of what is applied. */
  applied: Record<string, string>;
  last?: LastStatus;
  /** What the app sees, where rehup publishes it. */
  published?: PublishedStatus;
  /** Where what the app took last is kept beyond the pod, or why it is not. */
  kept?: { object: string; hash: string } | { problem: string; remedy: string };
  /** Which of two sources that is of, and why. */
  canary?: Omit<CanaryNow, 'rule'>;
};

/** What came of the last burst or attempt. */
type LastStatus = Pick<Decision, 'outcome'> & {
  [Name in 'reason' | 'remedy' | 'check' | 'set']: Decision[Name] | undefined;
} & { time: string; targets: readonly string[] };

type PublishedStatus = {
  hash: string;
  /** The name of its directory. */
  generation: string;
  /** The app took it, and lived on. */
  proved: boolean;
  /** Hash of what is published again where the app fails with this. */
  lastGood?: string;
  /** It is what an earlier pod had kept: since when, and by which one. */
  kept?: { at: string; by: string };
};

export function trackStatus(
  events: EventBus,
  { version, showHash, now }: { version: string; showHash: ShowHash; now: () => number },
): Status {
  const time = (): string => new Date(now()).toISOString();
  const status: Status = { version, started: time(), mounts: {}, rules: withoutPrototype() };
  const ruleOf = (rule: string): RuleStatus =>
    (status.rules[rule] ??= { action: '', pending: false, applied: {} });

  events.on('watch-mode', ({ mount, mode, check, reason }) => {
    const why = check && reason !== undefined ? { fallback: { check, reason } } : {};
    status.mounts[mount] = { ...status.mounts[mount], mode, ...why };
  });
  events.on('mount-problem', ({ mount, problem: { reason, remedy } }) => {
    status.mounts[mount] = { ...status.mounts[mount], problem: reason, remedy };
  });
  events.on('mount-recovered', ({ mount }) => {
    const { problem: _, remedy: __, ...rest } = status.mounts[mount] ?? {};
    status.mounts[mount] = rest;
  });
  events.on('watching', ({ rules }) => {
    // What a new configuration has left out is no more.
    keepOnly(
      status.rules,
      rules.map(({ rule }) => rule),
    );
    keepOnly(
      status.mounts,
      rules.flatMap(({ mounts }) => mounts),
    );
    for (const { rule, action } of rules) ruleOf(rule).action = action;
  });
  events.on('applied', ({ rule, snapshots }) => {
    ruleOf(rule).applied = Object.fromEntries(
      [...snapshots].map(([mount, { hash }]) => [mount, showHash(hash, { mount })]),
    );
  });
  events.on('published', ({ rule, generation, proved, hashes: { shown, lastGood }, kept }) => {
    const good = lastGood === undefined ? {} : { lastGood: showHash(lastGood, { rule }) };
    const published = { hash: showHash(shown, { rule }), generation, proved, ...good };
    ruleOf(rule).published = { ...published, ...(kept && { kept }) };
  });
  events.on('kept', ({ rule, object, hash }) => {
    ruleOf(rule).kept = { object, hash: showHash(hash, { rule }) };
  });
  events.on('not-kept', ({ rule, reason: problem, remedy }) => {
    ruleOf(rule).kept = { problem, remedy };
  });
  events.on('canary', ({ rule, ...canary }) => {
    ruleOf(rule).canary = canary;
  });
  events.on('decided', (decision) => {
    const rule = ruleOf(decision.rule);
    // What was superseded is followed by an attempt with the newer content.
    if (decision.outcome !== 'superseded') rule.pending = decision.pending;
    rule.last = { time: time(), ...describeLast(decision) };
  });
  return status;
}

/** "constructor" is a rule like any other. */
function withoutPrototype(): Status['rules'] {
  return Object.create(null) as Status['rules'];
}

function keepOnly(record: Record<string, object>, names: readonly string[]): void {
  for (const name of Object.keys(record)) if (!names.includes(name)) delete record[name];
}

function describeLast(decision: Decision): Omit<LastStatus, 'time'> {
  const { outcome, changes, targets, reason, remedy, check, set } = decision;
  return {
    outcome,
    ...describeChanges(changes),
    targets: targets.map(describeProcess),
    reason,
    remedy,
    check,
    set,
  };
}
