import { createAction } from '../act/create.ts';
import type { Clock } from '../clock.ts';
import { createCounts } from '../config/globs.ts';
import type { Settings } from '../config/options.ts';
import type { EventBus } from '../events.ts';
import type { Mount } from '../mount/mount.ts';
import { readSandboxStart } from '../mount/own.ts';
import { createProcessTable } from '../target/processes.ts';
import { createResolver } from '../target/resolver.ts';
import { readSelf } from '../target/self.ts';
import { createValidation } from '../validate/create.ts';
import { createProof, createReadyCheck } from '../verify/create.ts';
import { createRule, type Rule } from './rule.ts';

export type RuleInput = { name: string; settings: Settings; mounts: readonly Mount[] };

export type Surroundings = { clock: Clock; events: EventBus };

/** Puts a rule together from its settings. Here alone is it chosen what a rule is made of. */
export async function createRuleFrom(
  { name, settings, mounts }: RuleInput,
  { clock, events }: Surroundings,
): Promise<Rule> {
  const table = createProcessTable();
  const self = readSelf(table);
  const action = createAction(settings, { table, self, clock });
  const { target: spec, select, minAge: minAgeMs, dryRun } = settings;
  const { retries, retryDelay: delayMs, retryMaxDelay: maxDelayMs } = settings;
  const sandboxStartedMs = readSandboxStart();
  return createRule({
    name,
    action,
    resolve: createResolver({ spec, select, signal: action.signal, table, self, clock }),
    validate: createValidation(settings, mounts),
    awaitReady: createReadyCheck(settings),
    prove: createProof(settings, { table, clock, endsTarget: action.endsTarget === true }),
    minAgeMs,
    dryRun,
    clock,
    watched: mounts.map(({ path, volume }) => ({ path, volume })),
    counts: await createCounts(settings),
    retry: { retries, delayMs, maxDelayMs },
    random: Math.random,
    events,
    // Every container of the pod started after its sandbox, and read what was mounted then.
    mayHaveMissed: ({ snapshots }) =>
      [...snapshots.values()].some(
        ({ swappedAtMs }) => sandboxStartedMs === undefined || swappedAtMs > sandboxStartedMs,
      ),
  });
}
