import type { PodRestartInput } from '../act/restart/pod.ts';
import type { RolloutStage } from '../act/rollout.ts';
import type { Clock } from '../../system/clock.ts';
import type { Counts } from '../../config/globs.ts';
import type { RawInput } from '../../config/load.ts';
import type { Settings } from '../../config/options.ts';
import type { EventBus } from '../events.ts';
import type { OutputLine } from '../exec/output.ts';
import type { OpenOwnPod } from '../../kubernetes/own-pod.ts';
import { hideOwnAnnotation, type Mount } from '../mount/mount.ts';
import { readSandboxStart } from '../mount/own.ts';
import type { ProcessTable } from '../target/processes.ts';
import { readSelf } from '../target/self.ts';
import { createValidation } from '../validate/create.ts';
import { createProof, createReadyCheck } from '../verify/create.ts';
import { createActing } from './acting.ts';
import type { Canary, CanaryParts } from './canary.ts';
import type { Gate } from './gate.ts';
import type { Keeper } from './keeper.ts';
import type { Memory } from './memory.ts';
import type { PublishedInput } from './create-published.ts';
import { createRule, type Rule, type RuleParts } from './rule.ts';
import { createSpare } from './spare.ts';

export type RuleInput = { name: string; settings: Settings; mounts: readonly Mount[] };

/** A rule, and which keys it is about. */
export type CountingRule = Rule & {
  counts: Counts;
  /** The app has something to start with, as far as rehup is to bring it. */
  isPublished: () => boolean;
};

export type Surroundings = {
  clock: Clock;
  events: EventBus;
  memory: Memory;
  /** One for all rules, which so share their looks. */
  table: ProcessTable;
  openOwnPod: OpenOwnPod;
  leave: PodRestartInput['leave'];
  /** What rehup was started with. */
  env: RawInput['env'];
  podName: string;
  /** Who has a say in when new content is due, if anybody has. */
  gate?: Gate | undefined;
  /** Where what was proved is kept beyond the pod, if it is. */
  keeper?: Keeper | undefined;
};

/** Puts a rule together from its settings. Here alone is it chosen what a rule is made of. */
export async function createRuleFrom(
  { name, settings, mounts }: RuleInput,
  surroundings: Surroundings,
): Promise<CountingRule> {
  const { clock, events, memory, table, openOwnPod, leave, env, gate, keeper } = surroundings;
  const self = readSelf(table);
  const onOutput = (line: OutputLine): void => {
    events.emit('exec-output', { rule: name, ...line });
  };
  const onRollout = (stage: RolloutStage): void => {
    events.emit('rollout', { rule: name, ...stage });
  };
  const parts = { table, self, clock, rule: name, onOutput, mounts, openOwnPod, onRollout };
  const actors = { ...parts, store: memory, leave };
  const { escalation, ...acting } = await createActing(settings, actors);
  const { podName } = surroundings;
  const two = { rule: name, settings, mounts, counts: acting.counts, podName, events };
  const canary = await createCanary(two);
  const { counts } = canary ?? acting;
  const about = {
    settings,
    mounts,
    counts,
    clock,
    rule: name,
    onOutput,
    events,
    env,
    keeper,
    canary,
  };
  const published = await createPublished({ ...about, memory });
  const { minAge: minAgeMs, dryRun, include, exclude } = settings;
  const isLimited = include !== undefined || (exclude ?? []).length > 0;
  const { retries, retryDelay: delayMs, retryMaxDelay: maxDelayMs } = settings;
  const sandboxStartedMs = readSandboxStart();
  const rule = createRule({
    ...acting,
    counts,
    ...published,
    ...(isLimited && { globs: { include, exclude } }),
    name,
    validate: createValidation(settings, mounts, { clock, rule: name, onOutput }),
    awaitReady: createReadyCheck(settings, onOutput),
    prove: createProof(settings, { table, clock }),
    minAgeMs,
    dryRun,
    gate,
    spare: createSpare({ name, memory, clock }),
    clock,
    retry: { retries, delayMs, maxDelayMs },
    ...(escalation && { escalation }),
    random: Math.random,
    events: canary?.events ?? events,
    memory: published.memory ?? memory,
    hintWithinMs: settings.poll + LATE_MS,
    // Every container of the pod started after its sandbox, and read what was mounted then.
    mayHaveMissed: ({ snapshots }) =>
      settings.restart === 'pod'
        ? // The sandbox stays: what came after its start would have the pod restarted forever.
          memory.asked()?.open === true
        : [...snapshots.values()].some(
            ({ keys, swappedAtMs }) =>
              keys.size > 0 && (sandboxStartedMs === undefined || swappedAtMs > sandboxStartedMs),
          ),
  });
  const { publishing } = published;
  return {
    ...(canary?.around(rule) ?? rule),
    counts,
    isPublished: () => publishing?.hasPublished() ?? true,
  };
}

type Published = Partial<Pick<RuleParts, 'publishing' | 'sources' | 'memory'>>;

/** What is different where the app sees a directory that rehup writes. */
async function createPublished(about: Omit<PublishedInput, 'publish'>): Promise<Published> {
  const { publish } = about.settings;
  if (publish === undefined) return {};
  const { createPublished: create } = await import('./create-published.ts');
  return create({ ...about, publish });
}

type Two = Omit<CanaryParts, 'path' | 'mounts'> & Omit<RuleInput, 'name'>;

/** What is different where there are two sources, and this pod has one of them. */
async function createCanary({ settings, mounts, ...parts }: Two): Promise<Canary | undefined> {
  const [stable, next] = settings.prompt ? mounts.map(hideOwnAnnotation) : mounts;
  const { canary, publish: path } = settings;
  if (canary === undefined || path === undefined || !stable || !next) return undefined;
  const { createCanary: create } = await import('./canary.ts');
  return create({ ...parts, path, mounts: { stable, next } });
}

/** How late a machine that is short of CPU may be with an event, or with a timer. */
const LATE_MS = 1000;
