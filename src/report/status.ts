import type { Decision, EventBus } from '../events.ts';
import { describeProcess } from '../target/containers.ts';
import type { ShowHash } from './hashes.ts';
import { describeChanges } from './log.ts';

/** What `/status` shows: paths, key names and hashes, never contents. */
export type Status = {
  version: string;
  started: string;
  mounts: Record<string, { mode?: string; problem?: string; remedy?: string }>;
  rules: Record<string, RuleStatus>;
};

type RuleStatus = {
  action: string;
  pending: boolean;
  /** Mount path → hash of what is applied. */
  applied: Record<string, string>;
  last?: object;
};

export function trackStatus(
  events: EventBus,
  { version, showHash, now }: { version: string; showHash: ShowHash; now: () => number },
): Status {
  const time = (): string => new Date(now()).toISOString();
  const status: Status = { version, started: time(), mounts: {}, rules: {} };
  const ruleOf = (rule: string): RuleStatus =>
    (status.rules[rule] ??= { action: '', pending: false, applied: {} });

  events.on('watch-mode', ({ mount, mode }) => {
    status.mounts[mount] = { ...status.mounts[mount], mode };
  });
  events.on('mount-problem', ({ mount, problem: { reason, remedy } }) => {
    status.mounts[mount] = { ...status.mounts[mount], problem: reason, remedy };
  });
  events.on('mount-recovered', ({ mount }) => {
    const { mode } = status.mounts[mount] ?? {};
    status.mounts[mount] = mode === undefined ? {} : { mode };
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
      [...snapshots].map(([mount, { hash }]) => [mount, showHash(hash, [mount])]),
    );
  });
  events.on('decided', (decision) => {
    const rule = ruleOf(decision.rule);
    // What was superseded is followed by an attempt with the newer content.
    if (decision.outcome !== 'superseded') rule.pending = decision.pending;
    rule.last = { time: time(), ...describeLast(decision) };
  });
  return status;
}

function keepOnly(record: Record<string, object>, names: readonly string[]): void {
  for (const name of Object.keys(record)) if (!names.includes(name)) delete record[name];
}

function describeLast({ outcome, changes, targets, reason, remedy }: Decision): object {
  return {
    outcome,
    ...describeChanges(changes),
    targets: targets.map(describeProcess),
    reason,
    remedy,
  };
}
