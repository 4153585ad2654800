import { describe, expect, it } from 'vitest';
import type { Process, ProcessTable } from '../../../../src/sidecar/target/processes.ts';
import { isAncestor } from '../../../../src/sidecar/target/ancestors.ts';
import { isOffLimits, readSelf } from '../../../../src/sidecar/target/self.ts';
import { buildProcess, buildSelf, pause } from '../../../support/process-builder.ts';

function tableOf(...processes: readonly Process[]): ProcessTable {
  const read = (pid: number): Process | undefined => processes.find((one) => one.pid === pid);
  return { list: () => [...processes], read, stat: read };
}

const rehup = buildProcess({ pid: 20, comm: 'rehup', container: 'rehup' });

describe('readSelf', () => {
  it.each<{ what: string; table: Process[]; pid: number; inPod: boolean; shares: boolean }>([
    { what: 'beside pause', table: [pause, rehup], pid: 20, inPod: true, shares: true },
    { what: 'where PID 1 is hidden (hidepid)', table: [rehup], pid: 20, inPod: true, shares: true },
    { what: 'as PID 1', table: [{ ...rehup, pid: 1 }], pid: 1, inPod: true, shares: false },
    {
      what: 'as the child of an init of its own container',
      table: [buildProcess({ pid: 1, comm: 'tini', container: 'rehup' }), { ...rehup, ppid: 1 }],
      pid: 20,
      inPod: true,
      shares: false,
    },
    {
      what: 'on a plain machine',
      table: [buildProcess({ pid: 1, comm: 'systemd' }), buildProcess({ pid: 20 })],
      pid: 20,
      inPod: false,
      shares: true,
    },
  ])('$what: in a pod $inPod, sharing $shares', ({ table, pid, inPod, shares }) => {
    const self = readSelf(tableOf(...table), pid);
    expect(self).toMatchObject({ inPod, sharesProcesses: shares });
    expect(self.process.pid).toBe(pid);
  });

  it('fails where its own process cannot be read', () => {
    expect(() => readSelf(tableOf(pause), 20)).toThrow('/proc/20');
  });
});

describe('isOffLimits', () => {
  it.each([
    { what: 'pause', process: pause, off: true },
    { what: 'itself', process: rehup, off: true },
    { what: 'its container', process: buildProcess({ pid: 25, container: 'rehup' }), off: true },
    { what: 'another container', process: buildProcess({ pid: 30, container: 'app' }), off: false },
    {
      what: 'its parent by accident of pids',
      process: buildProcess({ pid: 31, ppid: 20, container: 'app' }),
      off: false,
    },
    { what: 'an unknown container', process: buildProcess({ pid: 32 }), off: false },
  ])('in a pod, $what: $off', ({ process, off }) => {
    expect(isOffLimits(process, buildSelf(), [pause, rehup, process])).toBe(off);
  });

  it('outside of a pod covers itself, its ancestors and its children', () => {
    const shell = buildProcess({ pid: 10, ppid: 1, comm: 'bash' });
    const terminal = buildProcess({ pid: 9, ppid: 1, comm: 'xterm' });
    const me = buildProcess({ pid: 20, ppid: 10, comm: 'rehup' });
    const child = buildProcess({ pid: 21, ppid: 20 });
    const app = buildProcess({ pid: 30, ppid: 10 });
    const all = [terminal, shell, me, child, app];
    const off = all.filter((process) =>
      isOffLimits(
        process,
        { process: me, inPod: false, sharesProcesses: true, seesNode: false },
        all,
      ),
    );
    expect(off).toEqual([shell, me, child]);
  });
});

describe('isAncestor', () => {
  const [top, middle, bottom] = [
    buildProcess({ pid: 10 }),
    buildProcess({ pid: 11, ppid: 10 }),
    buildProcess({ pid: 12, ppid: 11 }),
  ] as const;

  it('holds over generations, downwards alone, and not for oneself', () => {
    const all = [top, middle, bottom];
    expect(isAncestor(top, bottom, all)).toBe(true);
    expect(isAncestor(bottom, top, all)).toBe(false);
    expect(isAncestor(top, top, all)).toBe(false);
  });

  it('ends at a parent that is not in the table', () => {
    expect(isAncestor(top, bottom, [top, bottom])).toBe(false);
  });
});
