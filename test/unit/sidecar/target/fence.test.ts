import { describe, expect, it } from 'vitest';
import { identifyContainer } from '../../../../src/sidecar/target/container.ts';
import { isOfOwnPod, isOffLimits, readSelf } from '../../../../src/sidecar/target/self.ts';
import type { Process, ProcessTable } from '../../../../src/sidecar/target/processes.ts';
import {
  app,
  buildProcess,
  buildSelf,
  configMapMount,
  watch,
} from '../../../support/process-builder.ts';
import { failureOf, pidsOf, selectAmong } from '../../../support/select-scene.ts';

const OTHER_POD = 'ffffffff-5d0f-4c6e-9d0c-0b8f1f6a7d11';

function table(...all: readonly Process[]): ProcessTable {
  const read = (pid: number): Process | undefined => all.find((one) => one.pid === pid);
  return { list: () => [...all], read, stat: read };
}

describe('where the processes of the node are visible', () => {
  const shim = buildProcess({ pid: 15, ppid: 1, comm: 'containerd-shim' });
  const rehup = buildProcess({ pid: 20, ppid: 15, container: 'rehup' });
  it('rehup knows by the parent of its container, which is the shim of the runtime', () => {
    const systemd = buildProcess({ pid: 1, comm: 'systemd' });
    expect(readSelf(table(systemd, shim, rehup), 20)).toMatchObject({ seesNode: true });
    expect(readSelf(table({ ...rehup, ppid: 0 }), 20)).toMatchObject({ seesNode: false });
  });

  it.each([
    { what: 'its mounts show its pod', spec: { container: 'app' }, own: true },
    {
      what: 'its mounts show another pod',
      spec: { container: 'app', podUid: OTHER_POD },
      own: false,
    },
    { what: 'nothing shows its pod', spec: { comm: 'sshd' }, own: false },
  ])('a process is of this pod where $what: $own', ({ spec, own }) => {
    const self = buildSelf({}, { seesNode: true });
    const process = buildProcess({ pid: 30, ...spec });
    expect(isOfOwnPod(process, self)).toBe(own);
    expect(isOffLimits(process, self, [process])).toBe(!own);
  });

  it('a process of the node is none of this pod, though the kubelet mounts a subPath of it there', () => {
    const place = `/var/lib/kubelet/pods/${buildSelf().process.container.podUid}`;
    const subPath = {
      device: '8:1',
      root: `${place}/volumes/kubernetes.io~empty-dir/published/app.conf`,
      mountPoint: `${place}/volume-subpaths/published/app/0`,
      fsType: 'ext4',
    };
    expect(identifyContainer([subPath], '0::/system.slice/nginx.service').podUid).toBeUndefined();
    const inContainer = { ...subPath, mountPoint: '/etc/app.conf' };
    expect(identifyContainer([inContainer], '0::/').podUid).toBe(
      buildSelf().process.container.podUid,
    );
  });

  it('a process is of this pod where its cgroup is beside that of rehup', () => {
    const process = buildProcess({ pid: 30 });
    const container = { ...process.container, isBesideOwn: true };
    expect(isOfOwnPod({ ...process, container }, buildSelf({}, { seesNode: true }))).toBe(true);
  });

  it.each(['auto', 'name:server', 'cmdline:server', 'container:server'])(
    'nobody of another pod is the target of %s',
    (target) => {
      const found = selectAmong([app(30, 'server', { podUid: OTHER_POD })], {
        target,
        self: buildSelf({}, { seesNode: true }),
        watched: watch(configMapMount('config')),
      });
      expect(pidsOf(found)).toBe('no-target');
    },
  );

  it('a match in another pod is named, and what to do', () => {
    const found = selectAmong([app(30, 'server', { podUid: OTHER_POD })], {
      target: 'name:server',
      self: buildSelf({}, { seesNode: true }),
    });
    expect(failureOf(found)).toMatchObject({ check: 'target-of-other-pod' });
    expect(failureOf(found).remedy).toContain('shareProcessNamespace: true');
  });
});

describe('without a pause', () => {
  it('the app is PID 1, and is found', () => {
    const self = buildSelf();
    const first = buildProcess(app(1, 'app'));
    const found = selectAmong([], {
      self,
      processes: [first, self.process],
      watched: watch(configMapMount('config')),
    });
    expect(pidsOf(found)).toEqual([1]);
  });

  it('rehup is PID 1, and finds the app once it is there', () => {
    const self = buildSelf({ pid: 1 }, { sharesProcesses: false });
    const found = selectAmong([], {
      self,
      processes: [self.process, buildProcess(app(30, 'app'))],
      watched: watch(configMapMount('config')),
    });
    expect(pidsOf(found)).toEqual([30]);
  });
});

describe('what comes to look', () => {
  it.each(['auto', 'name:server', 'container:debugger-x7k2p', 'cmdline:server'])(
    'in a debug container is never the target of %s',
    (target) => {
      const spec = app(30, 'debugger-x7k2p', { comm: 'server' });
      const found = selectAmong([spec], { target, watched: watch(configMapMount('config')) });
      expect(pidsOf(found)).toBe('no-target');
    },
  );

  it('at a terminal makes nothing ambiguous', () => {
    const shell = app(31, 'look', { comm: 'bash', hasTerminal: true, caught: ['SIGHUP'] });
    const found = selectAmong([app(30, 'app'), shell], {
      watched: watch(configMapMount('config')),
    });
    expect(pidsOf(found)).toEqual([30]);
  });
});

describe('a line of matches', () => {
  const shell = { pid: 30, comm: 'sh', argv: ['sh', '-c', 'nginx -g x'], container: 'app' };
  const master = { ...app(31, 'app', { comm: 'nginx' }), ppid: 30 };
  const worker = { ...app(32, 'app', { comm: 'nginx' }), ppid: 31 };

  it('leads to the first that takes the signal', () => {
    expect(pidsOf(selectAmong([shell, master, worker], { target: 'cmdline:nginx' }))).toEqual([31]);
  });

  it('leads to its top where nobody takes the signal', () => {
    const deaf = { ...master, caught: [] };
    expect(pidsOf(selectAmong([shell, deaf], { target: 'cmdline:nginx' }))).toEqual([30]);
  });

  it('leaves out who writes what the app reads', () => {
    const agent = {
      pid: 40,
      comm: 'vault',
      argv: ['vault', 'agent', '-config=/etc/config'],
      container: 'agent',
    };
    const server = { ...app(41, 'app'), argv: ['server', '/etc/config'] };
    expect(pidsOf(selectAmong([agent, server], { target: 'cmdline:/etc/config' }))).toEqual([41]);
  });
});
