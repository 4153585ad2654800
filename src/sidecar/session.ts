import { inBackground } from '../system/background.ts';
import type { Clock } from '../system/clock.ts';
import type { Config } from '../config/load.ts';
import type { Ends } from './ends.ts';
import type { EventBus } from './events.ts';
import { lookOut } from './lookout.ts';
import { type LoopInput, runLoop } from './loop.ts';
import { hideOwnAnnotation, mergeMounts, type Mount } from './mount/mount.ts';
import { describeBug } from '../system/errors.ts';
import type { OpenOwnPod } from '../kubernetes/own-pod.ts';
import type { Health } from './report/health.ts';
import { type CountingRule, createRuleFrom, type Surroundings } from './rule/create.ts';
import type { RuleOfPod } from './rule/rule-of-pod.ts';
import type { Gate } from './rule/gate.ts';
import type { Keeper } from './rule/keeper.ts';
import type { Memory } from './rule/memory.ts';
import { readPids } from '../system/proc/pids.ts';
import { type Use, withResources } from '../system/resources.ts';
import type { ProcessTable } from './target/processes.ts';
import { createSettler, type Settler } from './settle.ts';
import { findFrozen } from './snapshot/problem.ts';
import { createViewReader } from './snapshot/view.ts';
import { splayFraction } from './splay.ts';
import { createWatcher } from './watch/watcher.ts';

export type SessionInput = {
  config: Config;
  /** Rule name → its mounts. */
  mounts: ReadonlyMap<string, readonly Mount[]>;
  podName: string;
  /** What rehup was started with. */
  env: Surroundings['env'];
  /** The Kubernetes API and the own pod in it, for what needs them. */
  openOwnPod: OpenOwnPod;
  clock: Clock;
  events: EventBus;
  health: Health;
  memory: Memory;
  table: ProcessTable;
  /** Ends rehup, for the pod to be restarted. */
  leave: Surroundings['leave'];
  /** Told where to send hints from outside while this session runs. */
  onSettler: (settler: Settler) => void;
  /** Told of its rules, once they have taken their first look. */
  onRules: (rules: readonly CountingRule[]) => void;
};

/** Watches, settles, reads and reloads with one configuration, until that ends. */
export async function runSession(input: SessionInput, ends: Ends): Promise<void> {
  await withResources(async (use) => await watchAndReload(input, ends, use));
}

async function watchAndReload(input: SessionInput, ends: Ends, use: Use): Promise<void> {
  const { config, clock, events, health } = input;
  const { settings } = config;
  await startSources(input, use, ends.soon);
  // Rules may share mounts; each is watched and read once.
  const merged = mergeMounts([...input.mounts.values()].flat());
  const mounts = settings.prompt ? merged.map(hideOwnAnnotation) : merged;

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
  for (const mount of mounts) {
    const problem = findFrozen(mount);
    if (problem) events.emit('mount-problem', { mount: mount.path, problem });
  }

  const rules = await createRules(input, use);
  const reader = createViewReader(mounts, {
    clock,
    // What no rule is about is not opened.
    counts: (mount, key) => rules.some((rule) => rule.counts(mount, key)),
    onProblem: (mount, problem) => {
      if (problem === undefined) events.emit('mount-recovered', { mount });
      else events.emit('mount-problem', { mount, problem });
    },
  });
  const { view } = await reader.read(ends.soon);
  for (const rule of rules) rule.begin(view);
  input.onSettler(settler);
  input.onRules(rules);
  await Promise.all(watchers.map(({ ready }) => ready));
  events.emit('watching', {
    rules: rules.map((rule) => ({
      rule: rule.name,
      action: rule.action,
      mounts: pathsOf(input.mounts.get(rule.name) ?? []),
      ...rule.preview(),
    })),
  });
  use(
    inBackground(
      async (until) => await lookOut({ rules, clock, events, readPids }, until),
      () => {},
    ),
  );
  settler.hint({ source: 'start', complete: true });
  if (settings.prompt) use(await startPrompt(input, mounts));
  // An app that starts after a native sidecar is to find something.
  const beReady = (): void => {
    if (reader.hasReadAll() && rules.every((rule) => rule.isPublished())) health.ready();
  };
  events.on('published', beReady);
  use({ [Symbol.dispose]: () => void events.off('published', beReady) });
  const onTurn: LoopInput['onTurn'] = (phase, { sources }, isUnfinished = false) => {
    health.turn(phase);
    beReady();
    if (phase === 'begin') events.emit('turn-began', { sources });
    else events.emit('turn-ended', { sources, isUnfinished });
  };
  beReady();
  const { minInterval: minIntervalMs } = settings;
  await runLoop({ settler, reader, rules, minIntervalMs, clock, onTurn }, ends);
}

/** Where content comes from the API, there is none to be read before it has come. */
async function startSources(input: SessionInput, use: Use, signal: AbortSignal): Promise<void> {
  if (input.config.rules.every(({ settings }) => settings.source === undefined)) return;
  const { startSources: start } = await import('./source/start.ts');
  await start({ ...input, use, random: Math.random }, signal);
}

/** Beside the reloads, which do not depend on it. */
async function startPrompt(
  { config, openOwnPod, podName, clock, events }: SessionInput,
  mounts: readonly Mount[],
): Promise<AsyncDisposable> {
  const { runPrompt } = await import('./prompt/prompt.ts');
  const { promptSplay: splay } = config.settings;
  const input = { openOwnPod, mounts, splay, podName, clock, random: Math.random, events };
  return inBackground(
    async (signal) => await runPrompt(input, signal),
    (error) => events.emit('api-problem', { feature: 'prompt', ...describeBug(error) }),
  );
}

async function createRules(input: SessionInput, use: Use): Promise<CountingRule[]> {
  return await Promise.all(
    input.config.rules.map(async ({ name, settings }) => {
      const mounts = input.mounts.get(name) ?? [];
      const rule = { name, settings, mounts };
      const gate = settings.wave && use(await createGate({ ...input, ...rule }));
      const keeper = settings.keep && use(await createKeeper({ ...input, ...rule }));
      return await createRuleFrom(rule, { ...input, gate, keeper });
    }),
  );
}

/** One for all pods of the workload. */
async function createGate(input: RuleOfPod): Promise<Gate & AsyncDisposable> {
  const { createWaveFrom } = await import('./wave/create.ts');
  return createWaveFrom(input);
}

/** One for all pods of the workload, which start from what is in it. */
async function createKeeper(input: RuleOfPod): Promise<Keeper & AsyncDisposable> {
  const { createKeeper: create } = await import('./keep/create.ts');
  return create(input);
}

function pathsOf(mounts: readonly Mount[]): string[] {
  return mounts.map(({ path }) => path);
}
