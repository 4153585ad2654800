import { describe, expect, it } from 'vitest';
import { notShared, type Resolution, type SelectInput } from '../../../src/target/select.ts';
import { buildSelf, type ProcessSpec } from '../../support/process-builder.ts';
import { failureOf, pidsOf, selectAmong } from '../../support/select-scene.ts';

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
      const found = select(target, [master], { self: alone });
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
    expect(reason).toBe(
      `/run/app.pid names pid ${pid}, which is no live process of another container`,
    );
  });

  it('passes on why the file could not be used', () => {
    const found = select(target, [master], { pidfile: { reason: '/run/app.pid holds no pid' } });
    expect(failureOf(found)).toMatchObject({
      reason: '/run/app.pid holds no pid',
      remedy: expect.stringContaining('emptyDir'),
    });
  });
});
