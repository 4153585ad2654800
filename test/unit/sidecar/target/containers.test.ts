import { describe, expect, it } from 'vitest';
import {
  describeProcess,
  entryProcessOf,
  groupByContainer,
  listContainers,
  withoutDescendants,
} from '../../../../src/sidecar/target/containers.ts';
import { buildProcess } from '../../../support/process-builder.ts';

const app = buildProcess({ pid: 30, comm: 'nginx', container: 'app' });
const worker = buildProcess({ pid: 31, ppid: 30, comm: 'nginx', container: 'app' });

describe('groupByContainer', () => {
  it('leaves out processes of no known container', () => {
    const side = buildProcess({ pid: 40, container: 'side' });
    const host = buildProcess({ pid: 50 });
    const groups = groupByContainer([app, side, host, worker]);
    expect([...groups]).toEqual([
      ['app', [app, worker]],
      ['side', [side]],
    ]);
  });

  it('tells containers apart by their IDs where names are not known', () => {
    const [one, other] = ['a', 'b'].map((id, index) =>
      buildProcess({ pid: 30 + index, containerId: id.repeat(64) }),
    );
    expect(groupByContainer([one, other].flatMap((process) => process ?? [])).size).toBe(2);
  });
});

describe('the main process of a container', () => {
  it('is the one that started first of those whose parent is outside', () => {
    const session = buildProcess({ pid: 12, comm: 'sh', container: 'app', startedMs: 900_000 });
    const probe = buildProcess({ pid: 13, comm: 'curl', container: 'app', startedMs: 950_000 });
    expect(entryProcessOf([session, probe, app, worker])).toBe(app);
  });

  it('is not a child, even if the pids and start times say it came first', () => {
    const wrapped = buildProcess({ pid: 29, ppid: 30, container: 'app', startedMs: 1 });
    expect(entryProcessOf([wrapped, app])).toBe(app);
  });

  it('is the one with the lower pid of two that started in the same tick', () => {
    const twin = buildProcess({ pid: 33, container: 'app', startedMs: app.startedMs });
    expect(entryProcessOf([twin, app])).toBe(app);
  });

  it('is not known where only orphans and children are seen', () => {
    expect(
      entryProcessOf([worker, buildProcess({ pid: 32, ppid: 1, container: 'app' })]),
    ).toBeUndefined();
    expect(entryProcessOf([])).toBeUndefined();
  });
});

describe('withoutDescendants', () => {
  it('keeps the master and drops its workers and their children', () => {
    const helper = buildProcess({ pid: 33, ppid: 31, container: 'app' });
    const all = [helper, worker, app];
    expect(withoutDescendants(all, all)).toEqual([app]);
  });

  it('sees through processes that do not match themselves', () => {
    const shell = buildProcess({ pid: 31, ppid: 30, comm: 'sh', container: 'app' });
    const below = buildProcess({ pid: 32, ppid: 31, comm: 'nginx', container: 'app' });
    expect(withoutDescendants([app, below], [app, shell, below])).toEqual([app]);
  });

  it('keeps matches that have nothing to do with each other', () => {
    const other = buildProcess({ pid: 40, comm: 'nginx', container: 'other' });
    expect(withoutDescendants([app, other], [app, other])).toEqual([app, other]);
  });

  it('finds the master of a thousand workers in no time, wherever it stands', () => {
    const many = Array.from({ length: 1000 }, (_, index) =>
      buildProcess({ pid: 100 + index, ppid: 5000 }),
    );
    const late = buildProcess({ pid: 5000 });
    expect(withoutDescendants([...many, late], [...many, late])).toEqual([late]);
  });

  it('ends where parents go in a circle, as they may in a table that is read while it changes', () => {
    const one = buildProcess({ pid: 30, ppid: 31 });
    const other = buildProcess({ pid: 31, ppid: 30 });
    const alone = buildProcess({ pid: 32, ppid: 30 });
    expect(withoutDescendants([alone], [one, other, alone])).toEqual([alone]);
  });
});

describe('how processes are named to the user', () => {
  it('is container, program and pid, as far as they are known', () => {
    expect(describeProcess(app)).toBe('app/nginx (30)');
    expect(describeProcess(buildProcess({ pid: 7, comm: 'nginx' }))).toBe('nginx (7)');
  });

  it('is each container once, in order', () => {
    const side = buildProcess({ pid: 40, container: 'a-side' });
    expect(listContainers([worker, app, side])).toBe('a-side, app');
    expect(listContainers([])).toBe('none');
  });
});
