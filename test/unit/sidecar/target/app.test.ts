import { describe, expect, it } from 'vitest';
import { appOf } from '../../../../src/sidecar/target/app.ts';
import { constants } from 'node:os';
import {
  buildProcess,
  configMapMount,
  type ProcessSpec,
} from '../../../support/process-builder.ts';

describe('the app of a container', () => {
  it.each(['tini', 'tini-static', 'docker-init', 'dumb-init', 'catatonit'])(
    'is the child of %s, the one that started first',
    (comm) => {
      const init = buildProcess({ pid: 30, comm, container: 'app' });
      const child = buildProcess({ pid: 36, ppid: 30, container: 'app', startedMs: 500_000 });
      const later = buildProcess({ pid: 32, ppid: 30, container: 'app', startedMs: 600_000 });
      const grandchild = buildProcess({ pid: 31, ppid: 36, container: 'app' });
      expect(appOf([init, later, grandchild, child])).toBe(child);
      expect(appOf([init])).toBe(init);
    },
  );

  it.each(['sh', 'bash', 'tinidb'])('is %s itself, which is no init wrapper', (comm) => {
    const shell = buildProcess({ pid: 30, comm, container: 'app' });
    expect(appOf([shell, buildProcess({ pid: 31, ppid: 30, container: 'app' })])).toBe(shell);
  });
});

const part = (pid: number): ProcessSpec => ({ pid, ppid: 30, comm: 'runsv', container: 'app' });
const program = (pid: number, comm: string, spec: Partial<ProcessSpec> = {}): ProcessSpec => ({
  pid,
  ppid: pid - 1,
  comm,
  container: 'app',
  caught: ['SIGHUP'],
  mounts: [configMapMount('config')],
  ...spec,
});

describe('behind a supervisor, the app for a signal', () => {
  const { SIGHUP } = constants.signals;
  const supervisor = { pid: 30, comm: 'runsvdir', container: 'app', caught: ['SIGHUP' as const] };
  const pidOf = (...specs: readonly ProcessSpec[]): number | undefined =>
    appOf(
      specs.map((spec) => buildProcess(spec)),
      SIGHUP,
    )?.pid;

  it('is the one program that it runs, whose workers are none', () => {
    const worker = program(33, 'nginx');
    expect(pidOf(supervisor, part(31), program(32, 'nginx'), worker)).toBe(32);
  });

  it('is the one beside log writers and cron', () => {
    const syslog = program(42, 'rsyslogd');
    const cron = program(52, 'cron');
    const found = pidOf(
      supervisor,
      part(31),
      program(32, 'nginx'),
      part(41),
      syslog,
      part(51),
      cron,
    );
    expect(found).toBe(32);
  });

  it('is one that has put itself into the background', () => {
    expect(pidOf(supervisor, part(31), program(32, 'nginx', { ppid: 1 }))).toBe(32);
  });

  it('is of two the one that has its configuration in the volume', () => {
    const argv = ['nginx', '-c', '/etc/config/nginx.conf'];
    expect(
      pidOf(supervisor, part(31), program(32, 'nginx', { argv }), part(41), program(42, 'redis')),
    ).toBe(32);
  });

  it.each([
    { what: 'of two for which as much speaks', others: [part(41), program(42, 'redis')] },
    { what: 'where the only one does not take it', others: [], caught: [] },
  ])('is nobody but the supervisor $what', ({ others, caught = ['SIGHUP' as const] }) => {
    expect(pidOf(supervisor, part(31), program(32, 'nginx', { caught }), ...others)).toBe(30);
  });

  it('is the supervisor for who sends no signal', () => {
    const all = [supervisor, part(31), program(32, 'nginx')].map((spec) => buildProcess(spec));
    expect(appOf(all)?.pid).toBe(30);
  });
});
