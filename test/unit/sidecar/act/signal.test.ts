import { describe, expect, it } from 'vitest';
import type { ReloadRequest } from '../../../../src/sidecar/act/action.ts';
import { createSignalAction, type SignalInput } from '../../../../src/sidecar/act/signal.ts';
import { parseSignal } from '../../../../src/config/parse.ts';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import type { Process } from '../../../../src/sidecar/target/processes.ts';
import { buildProcess, buildSelf } from '../../../support/process-builder.ts';

const app = buildProcess({ pid: 30, container: 'app', caught: ['SIGHUP'] });
const other = buildProcess({ pid: 40, container: 'other', caught: ['SIGHUP'] });

type Scene = {
  sent: [pid: number, signal: number][];
  /** Acts on what was chosen before, while these processes are running now. */
  perform: (
    chosen: readonly Process[],
    running: readonly Process[],
  ) => Promise<Failure | undefined>;
};

function setUp(input: Partial<SignalInput> = {}): Scene {
  const sent: Scene['sent'] = [];
  let running: readonly Process[] = [];
  const read = (pid: number): Process | undefined => running.find((one) => one.pid === pid);
  const action = createSignalAction({
    signal: parseSignal('HUP'),
    requireHandler: true,
    table: { list: () => [...running], read, stat: read },
    self: buildSelf(),
    kill: (pid, signal) => void sent.push([pid, signal]),
    ...input,
  });
  return {
    sent,
    perform: (chosen, now) => {
      running = now;
      const request: ReloadRequest = { changes: new Map(), hash: '', targets: chosen };
      return action.perform(request, new AbortController().signal);
    },
  };
}

function failWith(code: string): () => never {
  return () => {
    throw Object.assign(new Error(`kill ${code}`), { code });
  };
}

describe('a signal', () => {
  it('is sent once to each target', async () => {
    const { sent, perform } = setUp();
    expect(await perform([app, other], [app, other])).toBeUndefined();
    expect(sent).toEqual([
      [30, 1],
      [40, 1],
    ]);
  });

  it.each([
    { what: 'has ended', now: [] },
    { what: 'gave its pid to another process', now: [{ ...app, startedMs: app.startedMs + 10 }] },
  ])('is not sent to a target that $what meanwhile', async ({ now }) => {
    const { sent, perform } = setUp();
    expect(await perform([app], now)).toEqual({
      outcome: 'no-target',
      reason: 'app/app (30) ended before it was signalled',
    });
    expect(sent).toEqual([]);
  });

  it('is not sent to a target that has lost its handler meanwhile', async () => {
    const { sent, perform } = setUp();
    const restarting = buildProcess({ pid: 30, container: 'app' });
    expect(await perform([app], [restarting])).toMatchObject({ outcome: 'no-handler' });
    expect(sent).toEqual([]);
  });

  it('that is meant to end the target asks for no handler, and for no survival', async () => {
    const { sent, perform } = setUp({ signal: parseSignal('TERM') });
    expect(await perform([app], [app])).toBeUndefined();
    expect(sent).toEqual([[30, 15]]);
  });

  it('is not sent once more to a target that has yet to take it: real-time ones would pile up', async () => {
    const { sent, perform } = setUp({ signal: parseSignal('RTMIN+1') });
    const handling = buildProcess({ pid: 30, container: 'app', caught: RTMIN_1 });
    const stopped = buildProcess({ pid: 30, container: 'app', caught: RTMIN_1, pending: RTMIN_1 });
    expect(await perform([handling], [stopped])).toBeUndefined();
    expect(sent).toEqual([]);
    expect(await perform([handling], [handling])).toBeUndefined();
    expect(sent).toEqual([[30, 35]]);
  });

  it('is not sent to a target that is about to end', async () => {
    const { sent, perform } = setUp();
    const ending = buildProcess({
      pid: 30,
      container: 'app',
      caught: ['SIGHUP'],
      pending: ['SIGTERM'],
    });
    const failure = await perform([app], [ending]);
    expect(failure).toMatchObject({ outcome: 'no-target' });
    expect(failure?.reason).toContain('app/app (30) is ending');
    expect(sent).toEqual([]);
  });

  it.each([
    ['EPERM', 'not-permitted', /\(EPERM\), though the uids allow it: a security module/],
    ['ESRCH', 'no-target', /ended before it was signalled/],
    ['EINVAL', 'rejected', /kill failed: EINVAL/],
  ])('that the kernel refuses with %s is a failure: %s', async (code, outcome, reason) => {
    const { perform } = setUp({ kill: failWith(code) });
    expect(await perform([app], [app])).toMatchObject({
      outcome,
      reason: expect.stringMatching(reason),
    });
  });
});

describe('the signal action', () => {
  const request: ReloadRequest = { changes: new Map(), hash: '', targets: [app, other] };

  it('finds what stands against any target, without acting', () => {
    const sent: number[] = [];
    const action = createSignalAction({
      signal: parseSignal('HUP'),
      requireHandler: true,
      table: {
        list: () => [],
        read: (pid) => (pid === 30 ? app : { ...other, status: { ...other.status, uid: ROOT } }),
        stat: () => undefined,
      },
      self: buildSelf(),
      kill: (pid) => void sent.push(pid),
    });
    expect(action.check(request)).toMatchObject({ outcome: 'not-permitted' });
    expect(sent).toEqual([]);
  });

  it.each([
    ['HUP', { signal: 1, endsTarget: false }],
    ['TERM', { signal: 15, endsTarget: true }],
    ['RTMIN+1', { signal: 35, endsTarget: false }],
  ])('for %s says what the choice of a target and the proof must know', (name, known) => {
    const action = createSignalAction({
      signal: parseSignal(name),
      requireHandler: true,
      table: { list: () => [], read: () => undefined, stat: () => undefined },
      self: buildSelf(),
      kill: () => {},
    });
    expect(action).toMatchObject({ kind: 'signal', needsTarget: true, ...known });
  });
});

/** SIGRTMIN+1, which has no name in Node. */
const RTMIN_1 = 1n << 34n;

const ROOT = { real: 0, effective: 0, saved: 0 };
