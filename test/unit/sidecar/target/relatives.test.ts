import { describe, expect, it } from 'vitest';
import type { Process } from '../../../../src/sidecar/target/process.ts';
import { hasOtherRoot, placeRelatives } from '../../../../src/sidecar/target/relatives.ts';
import {
  buildProcess,
  configMapMount,
  type ProcessSpec,
} from '../../../support/process-builder.ts';

const ID = 'ab'.repeat(32);
const PROC = { id: 7, device: '0:9', root: '/', mountPoint: '/proc', fsType: 'proc' };
const CONFIG = { ...configMapMount('config'), id: 8 };

function containerOf(pid: number, ...specs: readonly (ProcessSpec & { cgroupId?: string })[]) {
  const processes: Process[] = specs.map(({ cgroupId, ...spec }) => ({
    ...buildProcess(spec),
    cgroupId,
  }));
  return placeRelatives(processes).find((one) => one.pid === pid)?.container;
}

describe('a process that has changed its root', () => {
  const relative = { pid: 30, container: 'dns', mounts: [PROC, CONFIG] };

  it('is in the container of who shows the same mounts', () => {
    const found = containerOf(31, relative, { pid: 31, mounts: [{ ...CONFIG, mountPoint: '/' }] });
    expect(found).toMatchObject({ name: 'dns', instance: '1a2b3c4d' });
  });

  it('is not where a single number is the same, which goes from one mount to the next', () => {
    const tmpfs = { id: 9, device: '0:70', root: '/', mountPoint: '/run', fsType: 'tmpfs' };
    const reused = { ...tmpfs, id: CONFIG.id };
    expect(containerOf(31, relative, { pid: 31, mounts: [reused] })?.name).toBeUndefined();
    // Many mounts of the node are those of any container: by chance one has its number, too.
    const node = [PROC, tmpfs, { ...tmpfs, id: 10, device: '0:71' }];
    expect(containerOf(31, relative, { pid: 31, mounts: node })?.name).toBeUndefined();
  });

  it('is never PID 1, which is the sandbox: numbers of mounts on the node are used again', () => {
    const pause = { pid: 1, mounts: [{ ...CONFIG, mountPoint: '/' }], cgroupId: ID };
    expect(containerOf(1, { ...relative, cgroupId: ID }, pause)?.name).toBeUndefined();
  });

  it('is in the container of who is in the same cgroup', () => {
    const found = containerOf(31, { ...relative, cgroupId: ID }, { pid: 31, cgroupId: ID });
    expect(found?.name).toBe('dns');
  });

  it('is not told by a cgroup that several containers share, as where there are none', () => {
    const found = containerOf(
      31,
      { ...relative, cgroupId: ID },
      { pid: 40, container: 'other', cgroupId: ID },
      { pid: 31, cgroupId: ID },
    );
    expect(found?.name).toBeUndefined();
    const plain = containerOf(31, { ...relative, cgroupId: '/' }, { pid: 31, cgroupId: '/' });
    expect(plain?.name).toBeUndefined();
  });

  it('is in the container of its parent, where nothing is mounted below its root', () => {
    expect(containerOf(32, relative, { pid: 31, ppid: 30 }, { pid: 32, ppid: 31 })?.name).toBe(
      'dns',
    );
  });

  it('is one of a container without a name, where all have changed their root', () => {
    const found = containerOf(
      32,
      { pid: 20, container: 'rehup' },
      { pid: 31 },
      { pid: 32, ppid: 31 },
    );
    expect(found).toMatchObject({ name: undefined, id: 'chroot of 31' });
  });

  it.each([
    { what: 'shows nothing but what is below another root', mounts: [CONFIG], other: true },
    { what: 'shows nothing', mounts: [], other: true },
    { what: 'has a /proc, as a container has', mounts: [PROC, CONFIG], other: false },
  ])('$what: $other', ({ mounts, other }) => {
    expect(hasOtherRoot(buildProcess({ pid: 31, mounts }))).toBe(other);
  });
});

describe('a process with a /proc of its own', () => {
  it('is not in the container of its parent: a runtime in that container has put it elsewhere', () => {
    const found = containerOf(
      31,
      { pid: 30, container: 'dind', mounts: [PROC] },
      { pid: 31, ppid: 30, mounts: [{ ...PROC, id: 99 }] },
    );
    expect(found).toMatchObject({ name: undefined, id: undefined });
  });
});
