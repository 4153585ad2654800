import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createProcessTable, isAlive } from '../../../../src/sidecar/target/processes.ts';
import { createProcTree } from '../../../support/proc-tree.ts';

const POD = '/var/lib/kubelet/pods/0b5c-1';
const TERMINATION_LOG = `40 30 254:0 ${POD}/containers/web/1a2b3c4d /dev/termination-log rw - ext4 /dev/vda rw\n`;
const HOSTS = `41 30 254:0 ${POD}/etc-hosts /etc/hosts rw - ext4 /dev/vda rw\n`;
const ID = 'ab'.repeat(32);

describe('the process table', () => {
  it('holds every live process, and nothing else in the directory', async () => {
    await using proc = await createProcTree();
    proc.write(1, { comm: 'pause' });
    proc.write(30, {
      comm: 'nginx',
      ppid: 7,
      ticks: 4200,
      cmdline: 'nginx: master\0-g\0daemon off;\0',
    });
    const table = createProcessTable(proc.root);
    const processes = table.list();
    expect(processes.map(({ pid }) => pid).toSorted((one, other) => one - other)).toEqual([1, 30]);
    expect(table.read(30)).toMatchObject({
      pid: 30,
      comm: 'nginx',
      ppid: 7,
      startedMs: 42_000,
      argv: ['nginx: master', '-g', 'daemon off;'],
      status: { uid: { real: 7 }, signals: { caught: 1n } },
    });
  });

  it('leaves out zombies, which would look like the main process of their container', async () => {
    await using proc = await createProcTree();
    proc.write(30, { state: 'Z', cmdline: '' });
    proc.write(31, { state: 'X' });
    const table = createProcessTable(proc.root);
    expect(table.list()).toEqual([]);
    expect(table.read(30)).toBeUndefined();
    expect(table.stat(30)).toMatchObject({ state: 'Z' });
  });

  it.each([
    { what: 'all files', remove: true },
    { what: 'the status', remove: false },
  ])('passes over a process whose end took $what away meanwhile', async ({ remove }) => {
    await using proc = await createProcTree();
    proc.write(30, remove ? {} : { status: null });
    const table = createProcessTable(proc.root);
    if (remove) proc.remove(30);
    expect(table.list()).toEqual([]);
    expect(table.read(30)).toBeUndefined();
  });

  it('keeps a process of which only mount table and cgroup cannot be read', async () => {
    await using proc = await createProcTree();
    proc.write(30, { mountinfo: null, cgroup: null, cmdline: null });
    const unknown = { name: undefined, podUid: undefined };
    expect(createProcessTable(proc.root).list()).toMatchObject([
      { pid: 30, argv: [], mounts: [], container: unknown },
    ]);
  });
});

describe('a process that is known', () => {
  it('is as this look has read it until anything else has its turn, and read again then, and whenever it is to be as it is now', async () => {
    await using proc = await createProcTree();
    proc.write(30, { blocked: ['1'] });
    const table = createProcessTable(proc.root);
    const [known] = table.list();
    proc.write(30, { blocked: ['5'] });
    const blocked = (when: 'now' | 'of-this-look'): bigint | undefined =>
      table.read(30, known, when)?.status.signals.blocked;
    expect(blocked('of-this-look')).toBe(1n);
    expect(blocked('now')).toBe(5n);
    await Promise.resolve();
    expect(blocked('of-this-look')).toBe(5n);
  });

  it('is not what has taken its number, in the same look either', async () => {
    await using proc = await createProcTree();
    proc.write(30, { ticks: 1000 });
    const table = createProcessTable(proc.root);
    const [known] = table.list();
    proc.write(30, { ticks: 2000 });
    await Promise.resolve();
    table.list();
    expect(table.read(30, known, 'of-this-look')).toBeUndefined();
  });

  it('is in the container that its mounts tell of now, as all others that show the same', async () => {
    await using proc = await createProcTree();
    proc.write(30, { mountinfo: HOSTS + TERMINATION_LOG });
    proc.write(31, { mountinfo: HOSTS + TERMINATION_LOG, cgroup: `0::/../${ID}\n` });
    const table = createProcessTable(proc.root);
    const names = (): (string | undefined)[] => table.list().map(({ container }) => container.name);
    expect(names()).toEqual(['web', 'web']);
    proc.write(30, { mountinfo: HOSTS + TERMINATION_LOG.replace('/web/', '/next/') });
    expect(names()).toEqual(['next', 'web']);
    proc.write(30, { mountinfo: HOSTS + TERMINATION_LOG });
    expect(names()).toEqual(['web', 'web']);
    expect(table.list().map(({ cgroupId }) => cgroupId)).toEqual(['/', ID]);
  });
});

const NAMELESS = {
  id: undefined,
  name: undefined,
  instance: undefined,
  podUid: undefined,
  isBesideOwn: false,
};

describe('the container of a process', () => {
  it.each([
    {
      what: 'by its termination log',
      files: { mountinfo: HOSTS + TERMINATION_LOG, cgroup: `0::/../${ID}\n` },
      container: {
        id: '0b5c-1/web/1a2b3c4d',
        name: 'web',
        instance: '1a2b3c4d',
        podUid: '0b5c-1',
        isBesideOwn: false,
      },
    },
    {
      what: 'by its cgroup, where there is no termination log',
      files: { mountinfo: HOSTS, cgroup: `0::/../cri-containerd-${ID}.scope\n` },
      container: { ...NAMELESS, id: ID, podUid: '0b5c-1' },
    },
    {
      what: 'as the own one, in a private cgroup namespace',
      files: { mountinfo: HOSTS, cgroup: '0::/\n' },
      container: { ...NAMELESS, id: '/', podUid: '0b5c-1' },
    },
    {
      what: 'not at all, on a plain machine',
      files: { mountinfo: '', cgroup: '3:cpu:/user.slice\n' },
      container: NAMELESS,
    },
    {
      what: 'by the pod in its cgroup, below slices of systemd',
      files: {
        mountinfo: '',
        cgroup: `1:cpu:/kubepods.slice/kubepods-pod0b5c9f5e_5d0f_4c6e_9d0c_0b8f1f6a7d11.slice/crio-${ID}.scope\n`,
      },
      container: { ...NAMELESS, id: ID, podUid: '0b5c9f5e-5d0f-4c6e-9d0c-0b8f1f6a7d11' },
    },
    {
      what: 'as one of the own pod, beside the own cgroup',
      files: { mountinfo: '', cgroup: `0::/../cri-containerd-${ID}.scope\n` },
      container: { ...NAMELESS, id: ID, isBesideOwn: true },
    },
  ])('is known $what', async ({ files, container }) => {
    await using proc = await createProcTree();
    proc.write(30, files);
    expect(createProcessTable(proc.root).read(30)?.container).toEqual(container);
  });
});

describe('the signals that a process waits for', () => {
  it.each([
    { what: 'are those that all of its threads block', blocked: ['3', '1', '5'], awaited: 1n },
    {
      what: 'are those that all but one block, for it to take them',
      blocked: ['3', '0', '1'],
      awaited: 1n,
    },
    { what: 'are those that all but the first block', blocked: ['0', '3'], awaited: 3n },
    { what: 'are none when two threads block nothing', blocked: ['3', '0', '0'], awaited: 0n },
    {
      what: 'are none when the others block all there is, and leave them to the main thread',
      blocked: ['0', 'fffffffe7ffbfeff', 'fffffffe7ffbfeff'],
      awaited: 0n,
    },
    {
      what: 'are none when all is blocked for a moment',
      blocked: ['fffffffe7ffbfeff'],
      awaited: 0n,
    },
    { what: 'are its own with a single thread', blocked: ['201'], awaited: 0x201n },
  ])('$what', async ({ blocked, awaited }) => {
    await using proc = await createProcTree();
    proc.write(30, { blocked });
    expect(createProcessTable(proc.root).read(30)?.awaited()).toBe(awaited);
  });

  it('are none when its threads cannot be read', async () => {
    await using proc = await createProcTree();
    proc.write(30, { blocked: [], status: 'Uid:\t7 7 7 7\nGid:\t7 7 7 7\nSigBlk:\t1\n' });
    expect(createProcessTable(proc.root).read(30)?.awaited()).toBe(0n);
  });
});

describe('isAlive', () => {
  it.each([
    { what: 'the same process', now: { ticks: 1000 }, alive: true },
    { what: 'another one with the same pid', now: { ticks: 1001 }, alive: false },
    { what: 'a zombie', now: { ticks: 1000, state: 'Z' }, alive: false },
  ])('finds $what: $alive', async ({ now, alive }) => {
    await using proc = await createProcTree();
    proc.write(30, { ticks: 1000 });
    const table = createProcessTable(proc.root);
    const [process] = table.list();
    proc.write(30, now);
    expect(process && isAlive(table, process)).toBe(alive);
  });

  it('finds nothing where the process has ended', async () => {
    await using proc = await createProcTree();
    proc.write(30);
    const table = createProcessTable(proc.root);
    const [process] = table.list();
    proc.remove(30);
    expect(process && isAlive(table, process)).toBe(false);
  });

  it('survives a directory without a single readable file', async () => {
    await using proc = await createProcTree();
    expect(createProcessTable(join(proc.root, 'sys')).list()).toEqual([]);
  });
});
