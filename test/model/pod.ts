import type { Failure } from '../../src/sidecar/outcome.ts';
import { hashSnapshots, type Snapshot } from '../../src/sidecar/snapshot/snapshot.ts';
import type { View } from '../../src/sidecar/snapshot/view.ts';
import { identify } from '../../src/sidecar/target/age.ts';
import type { Process, ProcessTable } from '../../src/sidecar/target/processes.ts';
import { createManualClock, type ManualClock } from '../support/manual-clock.ts';
import { buildProcess, buildSelf } from '../support/process-builder.ts';
import { buildSnapshot } from '../support/snapshot-builder.ts';
import {
  appEnded,
  appStarted,
  attempted,
  type Model,
  nothingKnown,
  swapped,
  taken,
} from './model.ts';

export const MOUNT = '/etc/app';

/** What the mount may hold: `A+` has a further key, `bad` is refused by the validation. */
const snapshots: ReadonlyMap<string, Snapshot> = new Map([
  ['A', buildSnapshot({ 'a.conf': 'A' })],
  ['A+', buildSnapshot({ 'a.conf': 'A', 'b.conf': '1' })],
  ['B', buildSnapshot({ 'a.conf': 'B' })],
  ['bad', buildSnapshot({ 'a.conf': 'bad' })],
]);

const names = new Map(
  [...snapshots].map(([name, snapshot]) => [hashSnapshots(new Map([[MOUNT, snapshot]])), name]),
);

/** The content with this hash over all mounts. */
export function nameOf(hash: string): string {
  return names.get(hash) ?? `unknown content ${hash}`;
}

/**
 * What becomes of the next reload: the app does not take the content, and says so; it takes it, and
 * says that it did not; it crashes, and starts again.
 */
export type Mishap = 'refusal' | 'doubt' | 'crash';

const objections: Readonly<Record<Mishap, Failure>> = {
  refusal: { outcome: 'rejected', reason: 'the app has refused it' },
  doubt: { outcome: 'unverified', reason: 'the app does not show it' },
  crash: { outcome: 'target-died', reason: 'the app has crashed' },
};

/** All that surrounds rehup, as data: one mount, one app, and a stranger that gets its pid later. */
export type Pod = {
  clock: ManualClock;
  model: Model;
  table: ProcessTable;
  /** Whether the app handles the signal. */
  handles: boolean;
  /** Whether the mount can be read; what happens to it meanwhile, nobody can tell. */
  readable: boolean;
  setReadable: (readable: boolean) => void;
  mishap: Mishap | undefined;
  /** What must never happen, and did. */
  violations: string[];
  view: () => View;
  swap: (content: string) => void;
  startApp: () => void;
  endApp: () => void;
  signal: (target: Process) => void;
  /** What speaks against the last signal having worked. */
  objection: () => Failure | undefined;
};

export const self = buildSelf();

const PID = 30;
const CRASH_MS = 30;

/** The app runs, and has read content A. */
export function createPod(): Pod {
  const clock = createManualClock();
  let objection: Failure | undefined;
  let endedMs = 0;

  const describeApp = (): Process => {
    const { startedMs } = pod.model.app ?? { startedMs: endedMs };
    const container = pod.model.app ? 'app' : 'stranger';
    const caught = pod.handles ? (['SIGHUP'] as const) : [];
    return buildProcess({ pid: PID, container, startedMs, caught });
  };
  const read = (pid: number): Process | undefined => (pid === PID ? describeApp() : undefined);

  const pod: Pod = {
    clock,
    model: {
      content: 'A',
      swappedAtMs: clock.uptime() - 60_000,
      app: undefined,
      ...nothingKnown,
    },
    table: { list: () => [self.process, describeApp()], read, stat: read },
    handles: true,
    readable: true,
    setReadable: (readable) => {
      pod.readable = readable;
      pod.model = attempted(pod.model);
    },
    mishap: undefined,
    violations: [],
    view: () => {
      const snapshot = snapshots.get(pod.model.content);
      if (!pod.readable || snapshot === undefined) return new Map();
      const nowMs = clock.uptime();
      const bootAtMs = clock.now() - nowMs;
      const swappedAtMs = pod.model.swappedAtMs + bootAtMs;
      const reading = { readAtMs: nowMs, nowMs, bootAtMs };
      return new Map([[MOUNT, { snapshot: { ...snapshot, swappedAtMs }, ...reading }]]);
    },
    swap: (content) => {
      const { readable } = pod;
      pod.model = swapped(pod.model, content, { swappedAtMs: clock.uptime(), readable });
    },
    startApp: () => {
      const startedMs = Math.floor(clock.uptime() / 10) * 10;
      pod.model = appStarted(pod.model, identify({ ...describeApp(), startedMs }), startedMs);
    },
    endApp: () => {
      pod.model = appEnded(pod.model);
      endedMs = clock.uptime();
    },
    signal: (target) => {
      if (identify(target) !== pod.model.app?.identity || !pod.handles) {
        pod.violations.push('a signal to a process that was not chosen, or without a handler');
        return;
      }
      const { mishap } = pod;
      pod.mishap = undefined;
      objection = mishap && objections[mishap];
      if (mishap !== 'refusal') pod.model = taken(pod.model);
      if (mishap === 'crash') void crash();
    },
    objection: () => objection,
  };

  const crash = async (): Promise<void> => {
    pod.endApp();
    await clock.sleep(CRASH_MS);
    if (pod.model.app === undefined) pod.startApp();
  };

  pod.startApp();
  return pod;
}
