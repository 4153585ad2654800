import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { parseSignal } from '../../../../src/config/parse.ts';
import { createRestartAction } from '../../../../src/sidecar/act/restart/restart.ts';
import { findSuccessor } from '../../../../src/sidecar/act/restart/successor.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { CannotLook, type Process } from '../../../../src/sidecar/target/processes.ts';
import { createManualClock, type ManualClock } from '../../../support/manual-clock.ts';
import { buildProcess, buildSelf, type ProcessSpec } from '../../../support/process-builder.ts';

const { SIGQUIT, SIGKILL } = constants.signals;
const ONE = '00000001';
const TWO = '00000002';
const app = buildProcess({ pid: 30, container: 'app', instance: ONE, startedMs: 1000 });
const session = buildProcess({ pid: 40, container: 'app', instance: ONE, startedMs: 2000 });

/** The next entry process, if it is not said to be another. */
function at(spec: Partial<ProcessSpec>): Process {
  return buildProcess({ pid: 50, container: 'app', instance: TWO, startedMs: 6000, ...spec });
}

describe('the next process of a container that was ended', () => {
  const ended = { entry: app, afterMs: 5000 };

  it.each([
    ['an exec session of the run that was ended', session],
    ['one that came into it after the end', at({ instance: ONE })],
    ['what an earlier run has left behind', at({ startedMs: 900 })],
    ['a process of another container', at({ container: 'other' })],
  ])('is not %s', (_, process) => {
    expect(findSuccessor(ended, [process])).toBeUndefined();
  });

  it('is the entry process of a later run, not who visits that', () => {
    const visitor = at({ pid: 60, startedMs: 7000 });
    expect(findSuccessor(ended, [visitor, session, at({})])?.pid).toBe(50);
  });

  it('is that of the newest of several runs', () => {
    const again = at({ pid: 60, instance: '00000003', startedMs: 8000 });
    expect(findSuccessor(ended, [at({}), again])?.pid).toBe(60);
  });
});

type Scene = {
  clock: ManualClock;
  sent: [pid: number, signal: number][];
  running: Process[];
  /** Acts on what was chosen, and lets a minute pass. */
  perform: (chosen: Process) => Promise<Failure | undefined>;
};

function setUp(running: Process[], onKill: (scene: Scene, signal: number) => void): Scene {
  const clock = createManualClock({ uptime: 5000 });
  const read = (pid: number): Process | undefined => scene.running.find((one) => one.pid === pid);
  const action = createRestartAction({
    stopSignal: parseSignal('QUIT'),
    graceMs: 1000,
    timeoutMs: 10_000,
    surviveMs: 100,
    table: { list: () => [...scene.running], read, stat: read },
    self: buildSelf(),
    clock,
    kill: (pid, signal) => {
      scene.sent.push([pid, signal]);
      onKill(scene, signal);
    },
  });
  const scene: Scene = {
    clock,
    sent: [],
    running,
    perform: async (chosen) => {
      const request = { changes: new Map(), hash: '', targets: [chosen] };
      const result = action.perform(request, new AbortController().signal);
      await clock.advance(60_000);
      return await result;
    },
  };
  return scene;
}

/** The next run, with the pid of the one before. */
function fresh(clock: ManualClock): Process {
  return buildProcess({ pid: 30, container: 'app', instance: TWO, startedMs: clock.uptime() });
}

const next = { pid: 30, container: 'app', instance: TWO };

function cannot(): never {
  throw new CannotLook('EMFILE');
}

describe('a restart', () => {
  it('sends the stop signal, and has succeeded with the next run of the container', async () => {
    const scene = setUp([app], ({ running, clock }) => running.splice(0, 1, fresh(clock)));
    expect(await scene.perform(app)).toBeUndefined();
    expect(scene.sent).toEqual([[30, SIGQUIT]]);
  });

  it('does not kill a process that has got the pid during the grace period', async () => {
    const scene = setUp([app], ({ running, clock }) => running.splice(0, 1, fresh(clock)));
    await scene.perform(app);
    expect(scene.sent).not.toContainEqual([30, SIGKILL]);
  });

  it('kills the process that it has asked, if that stays', async () => {
    const scene = setUp([app], ({ running, clock }, signal) => {
      if (signal === SIGKILL) running.splice(0, 1, fresh(clock));
    });
    expect(await scene.perform(app)).toBeUndefined();
    expect(scene.sent).toEqual([
      [30, SIGQUIT],
      [30, SIGKILL],
    ]);
  });

  it('leaves alone what was started after the end of the target', async () => {
    const again = buildProcess({ pid: 50, container: 'app', instance: TWO, startedMs: 4000 });
    const scene = setUp([again, session], () => {});
    expect(await scene.perform(app)).toMatchObject({ outcome: 'no-target' });
    expect(scene.sent).toEqual([]);
  });

  it('has not succeeded with a run that ends before it has lived for a while', async () => {
    const scene = setUp([app], (one) => {
      one.running.splice(0, 1, fresh(one.clock));
      // It is started over and over, and is never older than this.
      const { uptime } = one.clock;
      Object.defineProperty(one.running, 0, {
        get: () => buildProcess({ ...next, startedMs: uptime() - 99 }),
      });
    });
    expect(await scene.perform(app)).toMatchObject({ outcome: 'target-died' });
  });

  it('of which an exec session is left only has not succeeded', async () => {
    const scene = setUp([app, session], ({ running }) => running.splice(0, 1));
    expect(await scene.perform(app)).toMatchObject({ outcome: 'timed-out' });
  });

  it('ends the entry process of the container of its target', async () => {
    const worker = buildProcess({
      pid: 31,
      ppid: 30,
      container: 'app',
      instance: ONE,
      startedMs: 1500,
    });
    const scene = setUp([app, worker], ({ running, clock }) => running.splice(0, 2, fresh(clock)));
    expect(await scene.perform(worker)).toBeUndefined();
    expect(scene.sent).toEqual([[30, SIGQUIT]]);
  });

  it('fails where the processes cannot be looked at, and acts on nobody', async () => {
    const sent: number[] = [];
    const action = createRestartAction({
      stopSignal: parseSignal('TERM'),
      graceMs: 1000,
      timeoutMs: 1000,
      surviveMs: 100,
      table: { list: cannot, read: cannot, stat: cannot },
      self: buildSelf(),
      clock: createManualClock(),
      kill: (pid) => void sent.push(pid),
    });
    const request = { changes: new Map(), hash: '', targets: [app] };
    expect(action.check(request)).toMatchObject({ outcome: 'no-target', mayRun: true });
    const result = await action.perform(request, new AbortController().signal);
    expect(result).toMatchObject({ outcome: 'no-target', mayRun: true });
    expect(sent).toEqual([]);
  });
});
