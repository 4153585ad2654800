import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { endsProcess, guardSignal } from '../../../../src/sidecar/target/guard.ts';
import { takesSignal } from '../../../../src/sidecar/target/takes-signal.ts';
import {
  buildProcess,
  buildSelf,
  GO_RUNTIME_SIGNALS,
  type ProcessSpec,
  type SignalName,
} from '../../../support/process-builder.ts';

const { SIGHUP } = constants.signals;
const ROOT = 0;

type Case = {
  target?: Partial<ProcessSpec>;
  self?: Partial<ProcessSpec>;
  signalName?: SignalName;
  requireHandler?: boolean;
  others?: readonly ProcessSpec[];
};

function guard({ target, self, signalName = 'SIGHUP', requireHandler = true, others = [] }: Case) {
  const process = buildProcess({ pid: 30, container: 'app', caught: ['SIGHUP'], ...target });
  return guardSignal({
    target: process,
    signal: constants.signals[signalName],
    signalName,
    requireHandler,
    self: buildSelf(self),
    processes: () => [process, ...others.map((other) => buildProcess(other))],
  });
}

describe('a process takes a signal', () => {
  it.each<{ what: string; process: Partial<ProcessSpec>; takes: boolean }>([
    { what: 'that it catches', process: { caught: ['SIGTERM', 'SIGHUP'] }, takes: true },
    {
      what: 'that all of its threads block, to wait for it',
      process: { awaited: ['SIGHUP'] },
      takes: true,
    },
    {
      what: 'that the Go runtime catches for it',
      process: { caught: GO_RUNTIME_SIGNALS },
      takes: true,
    },
    {
      what: 'that it catches, and blocks with all others for a moment',
      process: { caught: ['SIGHUP'], awaited: 0xfffffffe7ffbfeffn },
      takes: true,
    },
    { what: 'that it has no handler for', process: { caught: ['SIGTERM'] }, takes: false },
    { what: 'that it ignores', process: { ignored: ['SIGHUP'] }, takes: false },
  ])('$what: $takes', ({ process, takes }) => {
    expect(takesSignal(buildProcess({ pid: 30, ...process }), SIGHUP)).toBe(takes);
  });
});

describe('endsProcess', () => {
  it.each<[SignalName, boolean]>([
    ['SIGTERM', true],
    ['SIGINT', true],
    ['SIGQUIT', true],
    ['SIGKILL', true],
    ['SIGHUP', false],
    ['SIGUSR1', false],
    ['SIGUSR2', false],
    ['SIGWINCH', false],
  ])('%s: %s', (name, ends) => {
    expect(endsProcess(constants.signals[name])).toBe(ends);
  });
});

describe('guardSignal', () => {
  it.each<{ what: string } & Case>([
    { what: 'a handler', target: { caught: ['SIGHUP'] } },
    { what: 'threads that wait for the signal', target: { caught: [], awaited: ['SIGHUP'] } },
    {
      what: 'no handler, for a signal that is meant to end it',
      target: { caught: [] },
      signalName: 'SIGTERM',
    },
    { what: 'no handler, where none is asked for', target: { caught: [] }, requireHandler: false },
    { what: 'another group', target: { gid: 3000 } },
    {
      what: 'another uid, but rehup holds CAP_KILL',
      target: { uid: 33 },
      self: { uid: ROOT, capabilities: 1n << 5n },
    },
  ])('lets a process be signalled that has $what', (row) => {
    expect(guard(row)).toBeUndefined();
  });

  it('refuses what would kill the process, and names the settings that help', () => {
    expect(guard({ target: { caught: [] } })).toEqual({
      outcome: 'no-handler',
      check: 'no-handler',
      reason: 'app/app (30) has no handler for SIGHUP: the signal may kill it',
      remedy: expect.stringMatching(
        /REHUP_SIGNAL.*REHUP_URL.*REHUP_RESTART=container.*REHUP_REQUIRE_HANDLER=false/,
      ),
    });
  });

  it('says of a signal that is ignored that it would do nothing', () => {
    const failure = guard({ target: { caught: [], ignored: ['SIGHUP'] } });
    expect(failure?.reason).toBe('app/app (30) has no handler for SIGHUP: it ignores the signal');
  });

  it('points from a shell to the only program of the container, wherever it is in the tree', () => {
    const failure = guard({
      target: { comm: 'sh', caught: [] },
      others: [
        { pid: 31, ppid: 30, comm: 'tail', container: 'app' },
        { pid: 32, ppid: 1, comm: 'nginx', container: 'app', caught: ['SIGHUP'] },
        { pid: 40, comm: 'other', container: 'other', caught: ['SIGHUP'] },
      ],
    });
    expect(failure?.remedy).toContain('REHUP_TARGET=name:nginx');
    expect(failure?.remedy).toMatch(
      /these take the signal: app\/nginx \(32\), nothing else runs there$/,
    );
    expect(failure?.set).toEqual({ REHUP_TARGET: 'name:nginx' });
  });

  it.each([
    { what: 'two take it', comm: 'nginx', caught: ['SIGHUP' as const] },
    { what: 'the other program does not take it', comm: 'node', caught: [] },
  ])('names who takes the signal and suggests nobody where $what', ({ comm, caught }) => {
    const failure = guard({
      target: { comm: 'sh', caught: [] },
      others: [
        { pid: 31, ppid: 30, comm: 'rsyslogd', container: 'app', caught: ['SIGHUP'] },
        { pid: 32, ppid: 30, comm, container: 'app', caught },
      ],
    });
    expect(failure?.remedy).toContain('app/rsyslogd (31)');
    expect(failure?.set).toBeUndefined();
  });

  it.each(['runsvdir', 's6-svscan', 'supervisord'])(
    'refuses a supervisor, though it has a handler: %s',
    (comm) => {
      const failure = guard({ target: { comm } });
      expect(failure).toMatchObject({ outcome: 'no-handler', check: 'target-is-supervisor' });
      expect(guard({ target: { comm }, requireHandler: false })).toBeUndefined();
    },
  );

  it('refuses what the kernel would refuse, with the uid to run as', () => {
    expect(guard({ target: { uid: 33 } })).toEqual({
      outcome: 'not-permitted',
      check: 'other-uid',
      reason:
        'rehup runs as uid 1000 and app/app (30) as uid 33: it takes the same uid to signal it',
      remedy: 'add to the rehup container: securityContext: {runAsUser: 33}',
    });
  });

  it('says of a capability KILL that was added to a container without root that it has no effect', () => {
    const failure = guard({ target: { uid: 33 }, self: { bounding: 1n << 5n } });
    expect(failure).toMatchObject({
      check: 'kill-without-effect',
      reason: expect.stringContaining('KILL that was added has no effect'),
    });
  });

  it('offers two ways where the app runs as root', () => {
    const remedy = guard({ target: { uid: ROOT } })?.remedy;
    expect(remedy).toContain('runAsUser: 0, runAsNonRoot: false, capabilities: {drop: [ALL]}');
    expect(remedy).toContain('run the app as non-root');
  });

  it('names a missing handler before a missing right: more rights would only kill the app', () => {
    expect(guard({ target: { uid: 33, caught: [] } })?.outcome).toBe('no-handler');
  });
});
