import { describe, expect, it } from 'vitest';
import type { Resolution, SelectInput } from '../../../../src/sidecar/target/resolution.ts';
import {
  app,
  buildProcess,
  buildSelf,
  bySubPath,
  configMapMount,
  type ProcessSpec,
  tmpfsMount,
  watch,
} from '../../../support/process-builder.ts';
import { failureOf, pidsOf, selectAmong } from '../../../support/select-scene.ts';

const config = configMapMount('config');
const secret = tmpfsMount(57, '/etc/tls');
const self = buildSelf({ mounts: [config, secret] });

/** Selects automatically for a change of the ConfigMap that rehup mounts. */
function find(specs: readonly ProcessSpec[], input: Partial<SelectInput> = {}): Resolution {
  return selectAmong(specs, { self, watched: watch(config), ...input });
}

describe('--target auto', () => {
  it('is the entry process of the one other container that mounts the volume', () => {
    const found = find([
      app(30, 'nginx'),
      app(31, 'nginx', { ppid: 30 }),
      app(40, 'log-shipper', { mounts: [tmpfsMount(99)] }),
    ]);
    expect(pidsOf(found)).toEqual([30]);
  });

  it('is never pause, nor a process of the own container, though both see the volume', () => {
    const session = { pid: 25, container: 'rehup', mounts: [config], caught: ['SIGHUP'] as const };
    const seeing = buildProcess({ pid: 1, comm: 'pause', mounts: [config], containerId: 'x' });
    const found = find([session], {
      processes: [seeing, self.process, buildProcess(session)],
    });
    expect(pidsOf(found)).toBe('no-target');
  });

  it('is not an exec session or probe of the container', () => {
    const found = find([
      app(22, 'nginx', { comm: 'sh', startedMs: 9_000_000 }),
      app(30, 'nginx', { startedMs: 1000 }),
    ]);
    expect(pidsOf(found)).toEqual([30]);
  });

  it('is the child of an init wrapper', () => {
    const found = find([
      app(30, 'nginx', { comm: 'tini', argv: ['/sbin/tini', '--', 'nginx'], caught: [] }),
      app(36, 'nginx', { ppid: 30 }),
    ]);
    expect(pidsOf(found)).toEqual([36]);
  });

  it('is the shell that starts the app, so that the refusal can point to its child', () => {
    const found = find([
      app(30, 'nginx', { comm: 'sh', caught: [] }),
      app(36, 'nginx', { ppid: 30 }),
    ]);
    expect(pidsOf(found)).toEqual([30]);
  });

  it('is the only one that mounts the volume, even without a handler: the guard explains', () => {
    expect(pidsOf(find([app(30, 'nginx', { caught: [] })]))).toEqual([30]);
  });

  it('knows volumes on tmpfs by their device', () => {
    const others = [
      app(30, 'first', { mounts: [tmpfsMount(58, '/etc/tls')] }),
      app(40, 'second', { mounts: [{ ...secret, mountPoint: '/somewhere/else' }] }),
    ];
    expect(pidsOf(find(others, { watched: watch(secret) }))).toEqual([40]);
  });

  it('does not take two ConfigMaps on the same disk for each other', () => {
    const found = find([app(30, 'nginx', { mounts: [configMapMount('other', '/etc/config')] })]);
    expect(pidsOf(found)).toBe('no-target');
  });

  it('finds one app for each volume that changed', () => {
    const specs = [app(30, 'first'), app(40, 'second', { mounts: [secret] })];
    expect(pidsOf(find(specs, { watched: watch(config, secret) }))).toEqual([30, 40]);
    expect(pidsOf(find(specs, { watched: watch(secret) }))).toEqual([40]);
  });

  it('finds an app once that mounts both volumes that changed', () => {
    const specs = [app(30, 'first', { mounts: [config, secret] })];
    expect(pidsOf(find(specs, { watched: watch(config, secret) }))).toEqual([30]);
  });

  it('passes over a volume that only rehup mounts when another leads to the app', () => {
    expect(pidsOf(find([app(30, 'first')], { watched: watch(secret, config) }))).toEqual([30]);
  });

  it('acts on nobody when one of the volumes is ambiguous', () => {
    const specs = [
      app(30, 'first', { mounts: [config] }),
      app(40, 'second', { mounts: [secret] }),
      app(50, 'third', { mounts: [secret] }),
    ];
    const found = find(specs, { watched: watch(config, secret) });
    expect(pidsOf(found)).toBe('ambiguous-target');
  });
});

describe('--target auto and subPath', () => {
  const bySub = bySubPath(config, 'app.conf');
  const outdated = bySubPath(config, 'app.conf', { outdated: true });

  it.each([
    ['now', [bySub]],
    ['since before the last swap', [outdated]],
    ['on tmpfs', [bySubPath(secret, 'tls.crt', { outdated: true })]],
  ])(
    'says that a container that mounts it by subPath %s will never see the update',
    (_, mounts) => {
      const found = find([app(30, 'nginx', { mounts })], { watched: watch(config, secret) });
      const failure = failureOf(found);
      expect(failure.outcome).toBe('no-target');
    },
  );

  it('names the container and what to change', () => {
    const found = find([app(30, 'nginx', { mounts: [outdated] })]);
    expect(found).toMatchObject({
      failure: {
        reason:
          'container nginx mounts the volume at /etc/config by subPath, which never updates in a running container; what it has is stale since the last swap',
        remedy: expect.stringContaining('volumeMounts without subPath'),
      },
    });
  });

  it('prefers the container that mounts the whole volume', () => {
    const found = find([app(30, 'stale', { mounts: [bySub] }), app(40, 'app')]);
    expect(pidsOf(found)).toEqual([40]);
  });

  it('does not mind a subPath mount beside the whole volume', () => {
    expect(pidsOf(find([app(30, 'nginx', { mounts: [bySub, config] })]))).toEqual([30]);
  });

  it.each(['too', 'alone'] as const)('finds it for an action that helps there %s', (subPath) => {
    const found = find([app(30, 'nginx', { mounts: [outdated] })], { subPath });
    expect(pidsOf(found)).toEqual([30]);
  });

  it('says which of several targets, and why, nothing but a restart can help', () => {
    const found = find([app(30, 'nginx', { mounts: [outdated] })], { subPath: 'alone' });
    const onlyByRestart = 'targets' in found ? found.onlyByRestart : undefined;
    expect([...(onlyByRestart ?? [])]).toMatchObject([
      [30, { outcome: 'no-target', restartHelps: true }],
    ]);
  });

  it.each([
    ['alone', [40]],
    ['too', 'ambiguous-target'],
  ] as const)('takes it %s beside a container that mounts the whole volume', (subPath, wanted) => {
    const found = find([app(30, 'stale', { mounts: [bySub] }), app(40, 'app')], { subPath });
    expect('targets' in found ? pidsOf(found) : failureOf(found).outcome).toEqual(wanted);
  });

  it('finds the app where rehup itself mounts by subPath', () => {
    expect(pidsOf(find([app(30, 'nginx')], { watched: watch(bySub) }))).toEqual([30]);
  });
});

describe('--target auto with nothing to go by', () => {
  it('lists the containers that are seen when none of them mounts the volume', () => {
    const found = find([app(30, 'web', { mounts: [] }), app(40, 'db', { mounts: [] })]);
    expect(found).toMatchObject({
      failure: {
        outcome: 'no-target',
        reason:
          'no running app in another container mounts the volume at /etc/config; seen: db, web',
        remedy:
          'mount the volume in the app container too, or set REHUP_TARGET=container:<name> if the app takes the content from its environment',
      },
    });
  });

  it('does not blame the volumes while the app is being restarted', () => {
    const failure = failureOf(find([]));
    expect(failure.reason).toBe('no process of another container is running');
    expect(failure.remedy).toMatch(/^none needed while the app starts or restarts/);
  });

  it('says so when the watched path is no volume', () => {
    const found = find([app(30, 'web')], { watched: [{ path: '/data', volume: undefined }] });
    const failure = failureOf(found);
    expect(failure.reason).toMatch(/^no volume is mounted at \/data/);
    expect(failure.remedy).toContain('REHUP_TARGET');
  });

  it('says so outside of a pod', () => {
    const found = find([app(30, 'web')], { self: { ...self, inPod: false } });
    expect(found).toMatchObject({
      failure: {
        outcome: 'no-target',
        reason: expect.stringContaining('nothing shows that rehup is in a pod'),
      },
    });
  });
});
