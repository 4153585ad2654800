import type { Action, ReloadRequest } from '../../src/sidecar/act/action.ts';
import type { Ends } from '../../src/sidecar/ends.ts';
import { createEventBus, type Decision } from '../../src/sidecar/events.ts';
import type { Failure } from '../../src/sidecar/outcome.ts';
import { createMemory } from '../../src/sidecar/rule/memory.ts';
import {
  type Considered,
  createRule,
  type Rule,
  type RuleParts,
} from '../../src/sidecar/rule/rule.ts';
import { createSpare } from '../../src/sidecar/rule/spare.ts';
import type { View } from '../../src/sidecar/snapshot/view.ts';
import type { Burst } from '../../src/sidecar/settle.ts';
import type { HintSource } from '../../src/sidecar/watch/hint.ts';
import type { Snapshot } from '../../src/sidecar/snapshot/snapshot.ts';
import type { Watched } from '../../src/sidecar/target/resolution.ts';
import type { Process } from '../../src/sidecar/target/processes.ts';
import type { Resolution } from '../../src/sidecar/target/resolution.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { buildProcess } from './process-builder.ts';
import { buildSnapshot } from './snapshot-builder.ts';

type Contents = Readonly<Record<string, string>>;

/** A real rule among hand-made parts: a disk and a process table as data, an action that records. */
export type RuleScene = {
  rule: Rule;
  clock: ManualClock;
  /** What the rule decided and said, in order. */
  decisions: Decision[];
  outcomes: () => string[];
  /** How often new content was announced, and how often content was applied. */
  counted: { updateSeen: number; applied: number };
  /** What was done to whom. */
  performed: ReloadRequest[];
  /** The volumes for which a target was looked up. */
  resolvedFor: (readonly Watched[])[];
  /** Swaps the content of a mount, now. */
  write: (contents: Contents, mount?: string) => void;
  /** The mount cannot be read any more. */
  lose: (mount: string) => void;
  setTargets: (...targets: readonly Process[]) => void;
  setResolution: (resolution: Resolution) => void;
  /** What the next attempts come to; those after succeed. */
  failNext: (...failures: readonly Failure[]) => void;
  /** What stands against acting, from now on. */
  setObstacle: (failure: Failure | undefined) => void;
  /** Takes the first look at what was written so far. */
  begin: () => void;
  /** A burst, of which no other rule has anything to say. */
  look: (
    source?: HintSource,
    force?: boolean,
    ends?: Ends,
  ) => Promise<Omit<Considered, 'sayIdle' | 'attempted'>>;
};

export const MOUNT = '/etc/app';

const NEVER: Ends = { soon: new AbortController().signal, now: new AbortController().signal };

/** An app that started then, on `Clock.uptime`. */
export function buildApp(startedMs: number, pid = 30): Process {
  return buildProcess({ pid, container: 'app', startedMs });
}

export function fail(outcome: Failure['outcome'], more: Partial<Failure> = {}): Failure {
  return { outcome, reason: `it is ${outcome}`, remedy: 'do something', ...more };
}

export function createRuleScene(
  parts: Partial<RuleParts> = {},
  action: Partial<Action> = {},
): RuleScene {
  const clock = createManualClock({ uptime: 5_000_000 });
  const events = createEventBus();
  const disk = new Map<string, Snapshot>();
  const decisions: Decision[] = [];
  const counted = { updateSeen: 0, applied: 0 };
  const performed: ReloadRequest[] = [];
  const resolvedFor: (readonly Watched[])[] = [];
  let failures: Failure[] = [];
  let obstacle: Failure | undefined;
  let resolution: Resolution = { targets: [buildApp(clock.uptime() - 60_000)] };
  const memory = parts.memory ?? createMemory();
  events.on('decided', (decision) => decisions.push(decision));
  events.on('update-seen', () => (counted.updateSeen += 1));
  events.on('applied', () => (counted.applied += 1));

  const rule = createRule({
    name: 'default',
    action: {
      kind: 'signal',
      needsTarget: true,
      check: () => obstacle,
      perform: (request) => {
        performed.push(request);
        return Promise.resolve(failures.shift());
      },
      ...action,
    },
    resolve: (watched) => {
      resolvedFor.push(watched);
      return resolution;
    },
    validate: () => Promise.resolve(undefined),
    awaitReady: () => Promise.resolve(undefined),
    prove: () => Promise.resolve(undefined),
    minAgeMs: 0,
    dryRun: false,
    spare: createSpare({ name: 'default', memory, clock }),
    clock,
    watched: [MOUNT, '/etc/tls'].map((path) => ({ path, volume: undefined })),
    counts: () => true,
    retry: { retries: Number.POSITIVE_INFINITY, delayMs: 1000, maxDelayMs: 60_000 },
    // The longest delay that the jitter allows.
    random: () => 1,
    events,
    memory,
    mayHaveMissed: () => false,
    hintWithinMs: 1000,
    ...parts,
  });

  const read = (): View => {
    const nowMs = clock.uptime();
    const bootAtMs = clock.now() - nowMs;
    const reading = { readAtMs: nowMs, nowMs, bootAtMs };
    return new Map([...disk].map(([path, snapshot]) => [path, { snapshot, ...reading }]));
  };

  return {
    rule,
    clock,
    decisions,
    outcomes: () => decisions.map(({ outcome }) => outcome),
    counted,
    performed,
    resolvedFor,
    write: (contents, mount = MOUNT) => void disk.set(mount, buildSnapshot(contents, clock.now())),
    lose: (mount) => void disk.delete(mount),
    setTargets: (...targets) => {
      resolution = { targets };
    },
    setResolution: (next) => {
      resolution = next;
    },
    failNext: (...next) => {
      failures = [...next];
    },
    setObstacle: (failure) => {
      obstacle = failure;
    },
    begin: () => rule.begin(read()),
    look: async (source = 'inotify', force = false, ends = NEVER) => {
      const burst: Burst = { sources: new Set([source]), force, sinceMs: clock.elapsed() };
      const considered = await rule.consider(
        { view: read(), burst, readAgain: () => Promise.resolve(read()) },
        ends,
      );
      const { sayIdle, attempted: _, ...rest } = considered;
      sayIdle?.();
      return rest;
    },
  };
}

/** A scene in which the app has the content that was there before it started. */
export async function createSettledScene(
  parts: Partial<RuleParts> = {},
  action: Partial<Action> = {},
): Promise<RuleScene> {
  const scene = createRuleScene(parts, action);
  scene.write({ 'a.conf': '1' });
  await scene.clock.advance(1000);
  scene.setTargets(buildApp(scene.clock.uptime()));
  await scene.clock.advance(60_000);
  scene.begin();
  await scene.look('start');
  scene.decisions.length = 0;
  scene.counted.applied = 0;
  scene.performed.length = 0;
  return scene;
}

/** A scene in which the first attempt with new content has failed after acting. */
export async function createFailedScene(
  parts: Partial<RuleParts> = {},
  outcome: Failure['outcome'] = 'rejected',
): Promise<RuleScene> {
  const scene = await createSettledScene(parts);
  scene.failNext(fail(outcome));
  scene.write({ 'a.conf': '2' });
  await scene.clock.advance(100);
  await scene.look();
  return scene;
}
