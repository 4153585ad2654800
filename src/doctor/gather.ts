import type { Clock } from '../system/clock.ts';
import { readRaw } from '../sidecar/follow-config.ts';
import {
  type Config,
  findConfigFile,
  loadConfig,
  type RawInput,
  type RuleConfig,
} from '../config/load.ts';
import { ConfigError, type ConfigProblem, NothingToWatchError } from '../system/errors.ts';
import type { OpenOwnPod } from '../kubernetes/own-pod.ts';
import type { Mount } from '../sidecar/mount/mount.ts';
import { assignMounts } from '../sidecar/mount/own.ts';
import { readOwnMounts } from '../system/proc/own-mounts.ts';
import type { StatusDocument } from '../sidecar/report/status/document.ts';
import { createActing } from '../sidecar/rule/acting.ts';
import { type MountReading, readMount } from '../sidecar/snapshot/read-mount.ts';
import { createProcessTable, type ProcessTable } from '../sidecar/target/processes.ts';
import { readSelf } from '../sidecar/target/self.ts';
import type { Context, RuleContext } from './context.ts';

/** What came of reading the configuration. */
export type Loaded = {
  raw: RawInput;
  config: Config | undefined;
  problems: readonly ConfigProblem[];
};

export type GatherInput = {
  loaded: Loaded;
  clock: Clock;
  daemon: StatusDocument | undefined;
  openOwnPod: OpenOwnPod | undefined;
  /** Default: one of its own. */
  table?: ProcessTable;
};

/** Looks at everything once. */
export async function gather(input: GatherInput): Promise<Context> {
  const { loaded, clock, daemon, openOwnPod, table = createProcessTable() } = input;
  const { raw, config, problems } = loaded;
  const self = readSelf(table);
  const rules: RuleContext[] = [];
  for (const rule of config?.rules ?? []) {
    rules.push(await gatherRule(rule, { ...input, table, self }));
  }
  return {
    raw,
    configFile: findConfigFile(raw),
    container: self.process.container.name ?? 'rehup',
    problems,
    settings: config?.settings,
    rules,
    table,
    self,
    processes: table.list({ when: 'lately' }),
    ownMounts: readOwnMounts(),
    clock,
    daemon,
    openOwnPod,
  };
}

type RuleParts = GatherInput & Pick<Context, 'table' | 'self'>;

async function gatherRule(rule: RuleConfig, parts: RuleParts): Promise<RuleContext> {
  const { table, self, clock } = parts;
  const found = findMounts(rule, parts);
  const { mounts } = found;
  const acting = await createActing(rule.settings, {
    table,
    self,
    clock,
    mounts,
    rule: rule.name,
    // Nothing is acted on.
    onOutput: () => {},
    onRollout: () => {},
    store: { asked: () => undefined, ask: () => false },
    leave: () => {},
    openOwnPod: () => Promise.reject(new Error('doctor acts on nothing')),
  });
  const readings = new Map<string, MountReading>();
  const { counts } = acting;
  for (const mount of mounts) readings.set(mount.path, await readMount(mount, clock, { counts }));
  return {
    ...rule,
    ...found,
    readings,
    acting,
    resolution: acting.resolve(acting.watched, 'lately'),
  };
}

function findMounts(
  rule: RuleConfig,
  { loaded }: RuleParts,
): Pick<RuleContext, 'mounts' | 'unwatched'> {
  try {
    const assigned = assignMounts(
      { settings: rule.settings, rules: [rule] },
      findConfigFile(loaded.raw),
    );
    return { mounts: assigned.get(rule.name) ?? [], unwatched: undefined };
  } catch (error) {
    if (!(error instanceof NothingToWatchError)) throw error;
    return { mounts: [] as Mount[], unwatched: error };
  }
}

/** The configuration, or what is wrong with it. */
export async function tryToLoad(input: Omit<RawInput, 'file'>): Promise<Loaded> {
  try {
    const raw = await readRaw(input);
    return { raw, config: loadConfig(raw), problems: [] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { raw: input, config: undefined, problems: error.problems };
  }
}
