import { createHmac } from 'node:crypto';
import type { Clock } from '../../../system/clock.ts';
import type { Mount } from '../../mount/mount.ts';
import { type Failure, isSettled, isTaken } from '../../outcome.ts';
import type { Pending } from '../../rule/ledger.ts';
import type { CountingRule } from '../../rule/create.ts';
import type { Rule, RuleKnowledge } from '../../rule/rule.ts';
import type { Process } from '../../target/processes.ts';
import type { WaitsFor } from '../wait.ts';
import type { ShowHash } from '../hashes.ts';
import type { Status } from '../status.ts';
import type { Lags } from '../tally.ts';
import { describeMount } from './describe-mount.ts';
import type {
  MountDocument,
  RuleDocument,
  RuleState,
  StatusDocument,
  TargetDocument,
} from './document.ts';
import type { History, PastDecision } from './history.ts';

/** What a status is made of at each request; of what is made nothing is kept. */
export type StatusSources = {
  tracked: Status;
  history: History;
  /** Those that run. */
  rules: () => readonly CountingRule[];
  waits: () => WaitsFor | undefined;
  /** Rule → its mounts. */
  mounts: () => ReadonlyMap<string, readonly Mount[]>;
  showHash: ShowHash;
  clock: Clock;
  node: string;
  pod: string;
  namespace: string | undefined;
  lags: () => Lags;
  /** Makes hashes that somebody can compare who knows the key. */
  compareBy?: (hash: string) => string;
};

/** Hashes by a key of who asks: whoever has the content, and the key, can tell whether it is the same. */
export function keyedBy(key: string): (hash: string) => string {
  return (hash) => createHmac('sha256', key).update(hash).digest('hex');
}

export function describeStatus(sources: StatusSources): StatusDocument {
  const { tracked, history, clock, node, pod, namespace } = sources;
  const { version, started, mounts } = tracked;
  const waitsFor = sources.waits();
  return {
    pod,
    ...(namespace !== undefined && { namespace }),
    version,
    node,
    started,
    time: new Date(clock.now()).toISOString(),
    uptimeSeconds: toSeconds(clock.elapsed() - history.startedMs),
    ...(waitsFor && { waitsFor }),
    mounts,
    rules: Object.fromEntries(
      sources.rules().map((rule) => [rule.name, describeRule(rule, sources)] as const),
    ),
  };
}

function describeRule(rule: Rule, sources: StatusSources): RuleDocument {
  const { name, action } = rule;
  const { tracked, history, clock, showHash } = sources;
  const knowledge = rule.inspect();
  const { content, ledger } = knowledge;
  const { pending } = ledger;
  const { targets, failure, awaited } = rule.preview();
  const problem = failure ?? awaited;
  const decisions = history.decisions.get(name) ?? [];
  const mounts = sources.mounts().get(name) ?? [];
  const state = stateOf(knowledge, decisions);
  const otherKeys = otherKeysOf(knowledge, state);
  return {
    ...(tracked.rules[name] ?? { action, pending: false, applied: {} }),
    state,
    ...(content && { hash: showHash(content.hash, { rule: name }) }),
    ...(rule.globs && { globs: rule.globs }),
    ...(pending && describePending(pending, decisions, clock)),
    mounts: mounts.map((mount) =>
      describeMount(mount, { ...knowledge, ...(otherKeys && { otherKeys }) }, sources),
    ),
    targets: targets.map((target) => describeTarget(target, clock)),
    ...(problem && { targetProblem: describeProblem(problem) }),
    decisions,
  };
}

function stateOf(
  { content, ledger }: RuleKnowledge,
  decisions: readonly PastDecision[],
): RuleState {
  if (ledger.pending) return 'pending';
  if (ledger.doubt || differs({ content, ledger })) return 'reloading';
  const last = decisions.find(({ outcome }) => isTaken(outcome) || outcome === 'dry-run');
  return last?.outcome === 'dry-run' ? 'dry-run' : 'applied';
}

function differs({ content, ledger }: RuleKnowledge): boolean {
  return [...(content?.snapshots ?? [])].some(
    ([path, { hash }]) => ledger.applied.get(path)?.hash !== hash,
  );
}

/** That the app has a key is known where nothing is pending, and nothing in doubt. */
function otherKeysOf(knowledge: RuleKnowledge, state: RuleState): MountDocument['otherKeys'] {
  const { pending, doubt } = knowledge.ledger;
  if (differs(knowledge)) return 'unchanged';
  return pending || doubt || state === 'dry-run' ? 'not known to be applied' : undefined;
}

function describePending(
  { retryAtMs, givenUp }: Pending,
  decisions: readonly PastDecision[],
  clock: Clock,
): Pick<RuleDocument, 'reason' | 'remedy' | 'nextRetry'> {
  const { reason, remedy } = decisions.find(({ outcome }) => !isSettled(outcome)) ?? {};
  // Of what was given up, it is only looked whether the app has got it by other means.
  const isDue = givenUp === undefined && Number.isFinite(retryAtMs);
  const nextRetryMs = clock.now() + retryAtMs - clock.elapsed();
  return {
    ...(reason !== undefined && { reason }),
    ...(remedy !== undefined && { remedy }),
    ...(isDue && { nextRetry: new Date(nextRetryMs).toISOString() }),
  };
}

function describeTarget(
  { pid, comm, container, status, startedMs }: Process,
  clock: Clock,
): TargetDocument {
  return {
    pid,
    ...(container.name !== undefined && { container: container.name }),
    command: comm,
    ...(status.uid && { uid: status.uid.effective }),
    ageSeconds: toSeconds(clock.uptime() - startedMs),
  };
}

function describeProblem({
  outcome,
  reason,
  remedy,
}: Failure): NonNullable<RuleDocument['targetProblem']> {
  return { outcome, reason, ...(remedy !== undefined && { remedy }) };
}

function toSeconds(ms: number): number {
  return Math.max(0, Math.round(ms / 1000));
}
