import { constants } from 'node:os';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { createInitContainers } from '../../../../src/sidecar/target/init-containers.ts';
import {
  buildProcess,
  buildSelf,
  GO_RUNTIME_SIGNALS,
  type ProcessSpec,
} from '../../../support/process-builder.ts';

const { SIGHUP } = constants.signals;
/** When rehup started, by default of its pid. */
const OWN_MS = 100_200;

type Case = {
  target?: Partial<ProcessSpec>;
  others?: readonly ProcessSpec[];
  signal?: number | undefined;
  uptimeMs?: number;
};

/** No process has such a pid: none listens. */
const PID = 4_000_000;

function outcomeOf({ target, others = [], signal = SIGHUP, uptimeMs = OWN_MS + 10_000 }: Case) {
  const self = buildSelf();
  const process = buildProcess({
    pid: PID,
    container: 'migrate',
    caught: ['SIGHUP'],
    startedMs: OWN_MS + 5000,
    ...target,
  });
  const processes = [self.process, process, ...others.map((one) => buildProcess(one))];
  return createInitContainers(self).obstacleTo(process, {
    processes,
    signal: signal === 0 ? undefined : signal,
    uptimeMs,
  })?.outcome;
}

const RESTART = 0;

describe('a container that started after rehup', () => {
  it.each<{ what: string; outcome: string | undefined } & Case>([
    { what: 'is left alone at first', outcome: 'too-young' },
    {
      what: 'is signalled if it has had a handler for that signal for a while',
      uptimeMs: OWN_MS + 60_000,
      outcome: undefined,
    },
    {
      what: 'is not signalled, however old, if its runtime catches all',
      target: { caught: GO_RUNTIME_SIGNALS },
      uptimeMs: OWN_MS + 600_000,
      outcome: 'no-target',
    },
    {
      what: 'is not restarted, however old',
      signal: RESTART,
      uptimeMs: OWN_MS + 600_000,
      outcome: 'no-target',
    },
    {
      what: 'is the app if another one has started beside it',
      signal: RESTART,
      others: [{ pid: PID + 1, container: 'other', startedMs: OWN_MS + 6000 }],
      outcome: undefined,
    },
    {
      what: 'may be an init container beside a debug container',
      signal: RESTART,
      others: [{ pid: PID + 1, container: 'debugger-x7k2p', startedMs: OWN_MS + 6000 }],
      outcome: 'no-target',
    },
    {
      what: 'is the app if it started before rehup',
      signal: RESTART,
      target: { startedMs: OWN_MS - 1000 },
      outcome: undefined,
    },
  ])('$what', ({ outcome, ...row }) => {
    expect(outcomeOf(row)).toBe(outcome);
  });

  it('is the app if it listens on a port', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    expect(outcomeOf({ signal: RESTART, target: { pid: process.pid } })).toBeUndefined();
    server.close();
    await once(server, 'close');
    expect(outcomeOf({ signal: RESTART, target: { pid: PID } })).toBe('no-target');
  });
});

describe('a container that was there before rehup', () => {
  it('is the app in its later runs, too', () => {
    const self = buildSelf();
    const containers = createInitContainers(self);
    const first = buildProcess({ pid: PID, container: 'app', startedMs: OWN_MS - 1000 });
    const later = buildProcess({
      pid: PID + 1,
      container: 'app',
      instance: 'ff',
      startedMs: OWN_MS + 5000,
    });
    const look = { signal: undefined, uptimeMs: OWN_MS + 6000 };
    const all = [self.process, first];
    expect(containers.obstacleTo(first, { ...look, processes: all })).toBeUndefined();
    const now = [self.process, later];
    expect(containers.obstacleTo(later, { ...look, processes: now })).toBeUndefined();
  });
});
