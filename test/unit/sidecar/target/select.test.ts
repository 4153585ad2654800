import { describe, expect, it } from 'vitest';
import type { Resolution, SelectInput } from '../../../../src/sidecar/target/resolution.ts';
import { notShared } from '../../../../src/sidecar/target/select.ts';
import { buildSelf, type ProcessSpec } from '../../../support/process-builder.ts';
import { failureOf, pidsOf, selectAmong } from '../../../support/select-scene.ts';

function select(
  target: string,
  specs: readonly ProcessSpec[],
  input: Partial<SelectInput> = {},
): Resolution {
  return selectAmong(specs, { target, ...input });
}

const master: ProcessSpec = { pid: 30, comm: 'nginx', container: 'web', caught: ['SIGHUP'] };
const workers: ProcessSpec[] = [31, 32].map((pid) => ({ ...master, pid, ppid: 30 }));

describe('without a shared process namespace', () => {
  it.each(['auto', 'container:web', 'name:nginx', 'cmdline:nginx', 'pidfile:/run/nginx.pid'])(
    'the target %s is refused with the line to add to the pod spec',
    (target) => {
      const alone = buildSelf({}, { sharesProcesses: false });
      const found = select(target, [{ pid: 21, ppid: 20, container: 'rehup' }], { self: alone });
      expect(found).toEqual({ failure: notShared });
    },
  );

  it('names exactly that', () => {
    expect(notShared.reason).toContain('does not share its process namespace');
    expect(notShared.remedy).toContain('shareProcessNamespace: true');
  });
});

describe('container:NAME', () => {
  it('is the entry process of that container', () => {
    const session = { pid: 22, comm: 'sh', container: 'web', startedMs: 9_000_000 };
    const found = select('container:web', [session, ...workers, master]);
    expect(pidsOf(found)).toEqual([30]);
  });

  it('lists the containers there are when there is none of that name', () => {
    const found = select('container:wbe', [master, { pid: 40, container: 'db' }]);
    expect(failureOf(found)).toEqual({
      outcome: 'no-target',
      check: 'target-not-found',
      reason: 'no process of a container named wbe is running; seen: db, web',
      remedy: 'set REHUP_TARGET to container:<name> with a name from spec.containers',
    });
  });

  it('is never the own container', () => {
    expect(pidsOf(select('container:rehup', [{ pid: 25, container: 'rehup' }]))).toBe('no-target');
  });
});

describe('name:PROGRAM and cmdline:REGEX', () => {
  it.each(['name:nginx', 'cmdline:^nginx'])('%s finds the master and not its workers', (target) => {
    expect(pidsOf(select(target, [...workers, master]))).toEqual([30]);
  });

  it.each([
    ['one', 'ambiguous-target'],
    ['oldest', [40]],
    ['all', [30, 40, 50]],
  ] as const)('of several, %s gives %s', (which, pids) => {
    const specs = [
      { ...master, startedMs: 5000 },
      { ...master, pid: 40, container: 'other', startedMs: 4000 },
      { ...master, pid: 50, container: 'third', startedMs: 4000 },
    ];
    expect(pidsOf(select('name:nginx', specs, { select: which }))).toEqual(pids);
  });

  it('names the candidates and the settings that choose', () => {
    const found = select('name:nginx', [master, { ...master, pid: 40, container: 'other' }]);
    expect(failureOf(found)).toMatchObject({
      reason: '2 processes named nginx: web/nginx (30), other/nginx (40)',
      remedy: 'set REHUP_SELECT=oldest or all, or a narrower REHUP_TARGET',
    });
  });

  it.each([{ caught: ['SIGHUP'] as const }, { awaited: ['SIGHUP'] as const }])(
    'suggests the only one that takes the signal: %j',
    (taking) => {
      const specs = [
        { ...master, caught: [] },
        { ...master, pid: 40, container: 'other', caught: [], ...taking },
      ];
      const { remedy } = failureOf(select('name:nginx', specs));
      expect(remedy).toContain('REHUP_TARGET=container:other');
    },
  );

  it('never finds pause, rehup or what runs in its container', () => {
    const helper = { pid: 25, comm: 'rehup', container: 'rehup' };
    expect(pidsOf(select('name:pause', [helper]))).toBe('no-target');
    expect(pidsOf(select('name:rehup', [helper]))).toBe('no-target');
    expect(pidsOf(select('cmdline:.', [helper]))).toBe('no-target');
  });

  it('finds another rehup in another container when told to', () => {
    const other = { pid: 40, comm: 'rehup', container: 'other' };
    expect(pidsOf(select('name:rehup', [other]))).toEqual([40]);
  });

  it('is not confused by a kubectl exec of the same program, whatever it starts', () => {
    const session = { ...master, pid: 50, comm: 'sh', startedMs: 9_000_000 };
    const inside = { ...master, pid: 51, ppid: 50, startedMs: 9_000_100 };
    expect(pidsOf(select('name:nginx', [master, session, inside]))).toEqual([30]);
    expect(pidsOf(select('cmdline:nginx|sh', [master, session, inside]))).toEqual([30]);
  });

  it('refuses what only came by kubectl exec, and names what the container runs', () => {
    const session = { ...master, pid: 50, comm: 'sh', startedMs: 9_000_000 };
    expect(failureOf(select('name:sh', [master, session]))).toMatchObject({
      check: 'target-is-exec-session',
      reason:
        'the only process named sh is web/sh (50), which came by kubectl exec or a probe; the container itself runs web/nginx (30)',
      set: { REHUP_TARGET: 'container:web' },
    });
  });

  it('takes an orphan for a part of the container: the one that started it has ended', () => {
    const orphan = { ...master, pid: 50, ppid: 1, comm: 'daemon' };
    expect(pidsOf(select('name:daemon', [master, orphan]))).toEqual([50]);
  });

  it.each([
    ['prometheus-config-reloader', 'prometheus-conf', 'the kernel keeps 15 characters of a name'],
    ['/usr/sbin/nginx', 'nginx', 'without its path'],
    ['Nginx', 'nginx', 'case counts'],
    ['ngnix', 'nginx', 'spelt a little differently'],
  ])('names for %s the process that bears %s: %s', (wanted, comm, why) => {
    const spec = { pid: 30, comm, argv: ['main: started'], container: 'web' };
    expect(failureOf(select(`name:${wanted}`, [spec]))).toMatchObject({
      check: 'target-not-found',
      reason: `no process named ${wanted} is running; seen: web; web/${comm} (30) is name:${comm} (${why})`,
      set: { REHUP_TARGET: `name:${comm}` },
    });
  });

  it('says what is there when nothing matches', () => {
    const found = select('cmdline:apache', [master]);
    expect(failureOf(found).reason).toBe(
      'no process with a command line that matches apache is running; seen: web',
    );
  });
});

describe('pidfile:PATH', () => {
  const target = 'pidfile:/run/app.pid';

  it('is the process that the file names', () => {
    expect(pidsOf(select(target, [master, ...workers], { pidfile: { pid: 31 } }))).toEqual([31]);
  });

  it.each([
    ['one that has ended', 999],
    ['pause', 1],
    ['rehup', 20],
    ['a process of the own container', 25],
  ])('refuses %s', (_, pid) => {
    const specs = [master, { pid: 25, container: 'rehup' }];
    const { reason } = failureOf(select(target, specs, { pidfile: { pid } }));
    expect(reason).toBe('/run/app.pid names no live process of another container');
  });

  it('passes on why the file could not be used', () => {
    const found = select(target, [master], { pidfile: { reason: '/run/app.pid holds no pid' } });
    expect(failureOf(found)).toMatchObject({
      reason: '/run/app.pid holds no pid',
      remedy: expect.stringContaining('emptyDir'),
    });
  });
});
