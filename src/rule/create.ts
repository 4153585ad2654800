import type { Action } from '../act/action.ts';
import { createAction, createEscalation } from '../act/create.ts';
import type { Clock } from '../clock.ts';
import { type Counts, createCounts } from '../config/globs.ts';
import type { Settings } from '../config/options.ts';
import type { EventBus } from '../events.ts';
import type { OutputLine } from '../exec/output.ts';
import { isWatchedKey, type Mount } from '../mount/mount.ts';
import { readSandboxStart } from '../mount/own.ts';
import { createProcessTable } from '../target/processes.ts';
import { createResolver, type ResolverInput } from '../target/resolver.ts';
import { readSelf } from '../target/self.ts';
import { createValidation } from '../validate/create.ts';
import { createProof, createReadyCheck } from '../verify/create.ts';
import type { Escalation } from './escalation.ts';
import type { Memory } from './memory.ts';
import { createRule, type Rule } from './rule.ts';

export type RuleInput = { name: string; settings: Settings; mounts: readonly Mount[] };

export type Surroundings = { clock: Clock; events: EventBus; memory: Memory };

/** Puts a rule together from its settings. Here alone is it chosen what a rule is made of. */
export async function createRuleFrom(
  { name, settings, mounts }: RuleInput,
  { clock, events, memory }: Surroundings,
): Promise<Rule> {
  const table = createProcessTable();
  const self = readSelf(table);
  const onOutput = (line: OutputLine): void => {
    events.emit('exec-output', { rule: name, ...line });
  };
  const actors = { table, self, clock, rule: name, onOutput };
  const action = createAction(settings, actors);
  const escalation = createEscalation(settings, actors);
  const { target: spec, select, minAge: minAgeMs, dryRun } = settings;
  const { retries, retryDelay: delayMs, retryMaxDelay: maxDelayMs } = settings;
  const sandboxStartedMs = readSandboxStart();
  return createRule({
    name,
    action,
    resolve: createResolver({
      spec,
      select,
      signal: action.signal,
      subPath: acceptSubPath(action, escalation),
      table,
      self,
      clock,
    }),
    validate: createValidation(settings, mounts, { clock, rule: name, onOutput }),
    awaitReady: createReadyCheck(settings),
    prove: createProof(settings, { table, clock }),
    minAgeMs,
    dryRun,
    clock,
    watched: mounts.map(({ path, volume }) => ({ path, volume })),
    counts: limitTo(mounts, await createCounts(settings)),
    retry: { retries, delayMs, maxDelayMs },
    ...(escalation && { escalation }),
    random: Math.random,
    events,
    memory,
    // Every container of the pod started after its sandbox, and read what was mounted then.
    mayHaveMissed: ({ snapshots }) =>
      [...snapshots.values()].some(
        ({ keys, swappedAtMs }) =>
          keys.size > 0 && (sandboxStartedMs === undefined || swappedAtMs > sandboxStartedMs),
      ),
  });
}

/** With an escalation to come, the first action need not help them: it is refused, and counted. */
function acceptSubPath(
  action: Action,
  escalation: Escalation | undefined,
): ResolverInput['subPath'] {
  if (action.actsOnSubPath === true) return 'too';
  return escalation?.action.actsOnSubPath === true ? 'alone' : undefined;
}

/** A rule that watches single files of a volume is not about its other keys. */
function limitTo(mounts: readonly Mount[], counts: Counts): Counts {
  const only = new Map(mounts.map(({ path, only: paths }) => [path, paths]));
  return (mount, key) => isWatchedKey(only.get(mount), key) && counts(mount, key);
}
