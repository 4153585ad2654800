import type { Clock } from './clock.ts';
import type { Config } from './config/load.ts';
import type { EventBus } from './events.ts';
import { runLoop } from './loop.ts';
import { mergeMounts, type Mount } from './mount/mount.ts';
import type { Health } from './report/health.ts';
import { createRuleFrom } from './rule/create.ts';
import type { Memory } from './rule/memory.ts';
import type { Rule } from './rule/rule.ts';
import { type Use, withResources } from './resources.ts';
import { type Burst, createSettler, type Settler } from './settle.ts';
import { findFrozen } from './snapshot/read-mount.ts';
import { createViewReader } from './snapshot/view.ts';
import { splayFraction } from './splay.ts';
import { createWatcher } from './watch/watcher.ts';

export type SessionInput = {
  config: Config;
  /** Rule name → its mounts. */
  mounts: ReadonlyMap<string, readonly Mount[]>;
  podName: string;
  clock: Clock;
  events: EventBus;
  health: Health;
  memory: Memory;
  /** Told where to send hints from outside while this session runs. */
  onSettler: (settler: Settler) => void;
};

/** Watches, settles, reads and reloads with one configuration, until the signal. */
export async function runSession(input: SessionInput, signal: AbortSignal): Promise<void> {
  await withResources(async (use) => await watchAndReload(input, signal, use));
}

async function watchAndReload(input: SessionInput, signal: AbortSignal, use: Use): Promise<void> {
  const { config, clock, events, health } = input;
  const { settings } = config;
  // Rules may share mounts; each is watched and read once.
  const mounts = mergeMounts([...input.mounts.values()].flat());

  const settler = createSettler(clock, {
    quietMs: settings.settle,
    maxMs: settings.settleMax,
    splayMs: settings.splay * splayFraction(input.podName),
  });
  const watchers = mounts.map((mount) =>
    use(
      createWatcher({
        mount,
        mode: settings.watchMode,
        pollMs: settings.poll,
        onHint: (hint) => {
          events.emit('hint', hint);
          // With several mounts one update may come in parts: only silence tells that it has ended.
          settler.hint({ ...hint, complete: mounts.length === 1 && (hint.complete ?? false) });
        },
        onNotice: (notice) => events.emit('watch-mode', notice),
      }),
    ),
  );
  await Promise.all(watchers.map(({ ready }) => ready));
  for (const mount of mounts) {
    const problem = findFrozen(mount);
    if (problem) events.emit('mount-problem', { mount: mount.path, problem });
  }

  const reader = createViewReader(mounts, { clock, events });
  const { view } = await reader.read(signal);
  const rules = await createRules(input);
  for (const rule of rules) rule.begin(view);
  input.onSettler(settler);
  events.emit('watching', {
    rules: rules.map((rule) => ({
      rule: rule.name,
      action: rule.action,
      mounts: pathsOf(input.mounts.get(rule.name) ?? []),
      ...rule.preview(),
    })),
  });
  settler.hint({ source: 'start', complete: true });
  const onTurn = (phase: 'begin' | 'end', burst: Burst): void => {
    health.turn(phase);
    if (reader.hasReadAll()) health.ready();
    if (phase === 'end') events.emit('turn-ended', { sources: burst.sources });
  };
  if (reader.hasReadAll()) health.ready();
  const { minInterval: minIntervalMs } = settings;
  await runLoop({ settler, reader, rules, minIntervalMs, clock, onTurn }, signal);
}

async function createRules({
  config,
  mounts,
  clock,
  events,
  memory,
}: SessionInput): Promise<Rule[]> {
  return await Promise.all(
    config.rules.map(({ name, settings }) =>
      createRuleFrom({ name, settings, mounts: mounts.get(name) ?? [] }, { clock, events, memory }),
    ),
  );
}

function pathsOf(mounts: readonly Mount[]): string[] {
  return mounts.map(({ path }) => path);
}
