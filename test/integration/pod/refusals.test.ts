import { describe, expect, it } from 'vitest';
import { isInstalled, pidNamespaces } from '../../support/abilities.ts';
import { createPodScene } from '../../support/pod-scene.ts';
import type { VolumeMount } from '../../support/pod-scene/pod-spec.ts';
import { programCommand } from '../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const CONFIG = { config: { payload: { 'app.conf': 'one' } } };
const MOUNTED: VolumeMount[] = [{ volume: 'config' }];
const APP = programCommand('handler', 'app', '/etc/config/app.conf');

describe.skipIf(missing)(`what rehup refuses in a pod${note}`, () => {
  it('is ambiguous where two apps mount the volume, and names both and the setting', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { one: MOUNTED, two: MOUNTED, rehup: MOUNTED },
    });
    const one = await scene.start('one', APP);
    const two = await scene.start('two', APP);
    await one.line('ready');
    await two.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ msg: 'watching' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'ambiguous-target' });
    expect(failed.reason).toMatch(/one\/app \(\d+\), two\/app \(\d+\)/);
    expect(failed.remedy).toContain('REHUP_TARGET, value: "container:one"');
    expect(failed.remedy).toContain('two');
    await rehup.stop();
    const chosen = await scene.startRehup({ env: { REHUP_TARGET: 'container:two' } });
    await chosen.line({ msg: 'reloaded' });
    expect(one.lines).toEqual(['ready']);
    expect(two.lines).toEqual(['ready', 'reloaded two']);
  });

  it('takes of two containers the one that handles the signal, and lets the other live', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, exporter: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', APP);
    const exporter = await scene.start('exporter', programCommand('no-handler', 'exporter'));
    await app.line('ready');
    await exporter.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.line('reloaded two');
    await rehup.line({ msg: 'reloaded' });
    process.kill(exporter.pid, 0);
    expect(exporter.lines).toEqual(['ready']);
  });

  it('leaves an app alone whose volume was torn down, also for what has changed in another', async () => {
    const mounts: VolumeMount[] = [{ volume: 'config' }, { volume: 'other' }];
    await using scene = await createPodScene({
      volumes: { ...CONFIG, other: { payload: { key: '1' } } },
      containers: { app: mounts, rehup: mounts },
    });
    const app = await scene.start('app', APP);
    await app.line('ready');
    scene.volume('config').tearDown();
    scene.volume('config').setUpAnew();
    await scene.volume('config').write({ 'app.conf': 'one' });
    // In a container that is started now, it is there again.
    await using rehup = await scene.startRehup();
    await rehup.line({ msg: 'watching' });
    await scene.volume('other').write({ key: '2' });
    const failed = await rehup.line({ outcome: 'not-ready', check: 'volume-torn-down' });
    expect(failed.reason).toMatch(/volume at \/etc\/config .* app\/app \(\d+\) never sees/);
    expect(app.lines).toEqual(['ready']);
  });

  it('leaves a known reload sidecar alone, though it would take the signal', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, reloader: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', APP);
    const reloader = await scene.start(
      'reloader',
      programCommand('handler', 'configmap-reload', '/etc/config/app.conf'),
    );
    await app.line('ready');
    await reloader.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.line('reloaded two');
    await rehup.line({ msg: 'reloaded' });
    expect(reloader.lines).toEqual(['ready']);
  });

  it('does not signal an app under another uid, and names the uid to run as', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', APP, { uid: 4001 });
    await app.line('ready');
    const rehup = await scene.startRehup({ uid: 4002 });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'not-permitted' });
    expect(failed.reason).toContain('rehup runs as uid 4002 and app/app');
    expect(failed.remedy).toBe('add to the rehup container: securityContext: {runAsUser: 4001}');
    await rehup.stop();
    const remedied = await scene.startRehup({ uid: 4001 });
    await remedied.line({ msg: 'reloaded' });
    expect(app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('names the child that handles the signal behind a shell that does not', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', ['/bin/sh', '-c', '"$@"; exit', 'sh', ...APP]);
    await app.line('ready');
    const rehup = await scene.startRehup();
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ outcome: 'no-handler' });
    expect(failed.reason).toMatch(/^app\/sh \(\d+\) has no handler for SIGHUP/);
    expect(failed.remedy).toContain('REHUP_TARGET=name:app');
    expect(app.lines).toEqual(['ready']);
  });

  it('says of an app that mounts the volume by subPath that it never updates', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: {
        app: [{ volume: 'config', subPath: '..data/app.conf', path: '/etc/app.conf' }],
        rehup: MOUNTED,
      },
    });
    const app = await scene.start('app', programCommand('handler', 'app', '/etc/app.conf'));
    await app.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ msg: 'watching' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'update seen' });
    const failed = await rehup.line({ outcome: 'no-target' });
    expect(failed.reason).toContain('by subPath, which never updates');
    expect(failed.remedy).toContain('without subPath');
    expect(app.lines).toEqual(['ready']);
  });

  it.for([
    ['PID 1', 'cmdline:trap', 'trap'],
    ['a process of its own container', 'name:helper', 'helper'],
  ] as const)('never signals %s', async ([, target, wanted]) => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { rehup: MOUNTED },
    });
    const helper = await scene.start(
      'rehup',
      programCommand('handler', 'helper', '/etc/config/app.conf'),
    );
    await helper.line('ready');
    const rehup = await scene.startRehup({ env: { REHUP_TARGET: target } });
    await rehup.line({ msg: 'watching' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'no-target' });
    expect(failed.reason).toContain(wanted);
    await rehup.stop();
    expect(helper.lines).toEqual(['ready']);
    expect(scene.pause.lines).toEqual(['ready']);
  });

  it('says that shareProcessNamespace is missing, and stops as PID 1 with code 0', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { rehup: MOUNTED },
    });
    const rehup = await scene.startRehup({ unshared: true });
    const problem = await rehup.line({ msg: 'target cannot be reloaded', outcome: 'no-target' });
    expect(problem.remedy).toContain('shareProcessNamespace: true');
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'update seen' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'no-target' });
    expect(failed.remedy).toContain('shareProcessNamespace: true');
    expect(await rehup.stop()).toBe(0);
  });

  it('leaves with code 3 where no volume is mounted, and says how to mount one', async () => {
    await using scene = await createPodScene({ volumes: CONFIG, containers: { rehup: [] } });
    const rehup = await scene.startRehup({ stderr: /volumeMounts: \[\{name: <volume>/ });
    expect(await rehup.exited).toMatchObject({ code: 3 });
  });

  it('reports a volume that was torn down, and leaves the app alone that has lost it, too', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', programCommand('handler', 'app', '/etc/hosts'));
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { REHUP_POLL: '100ms' } });
    await rehup.line({ outcome: 'already-current' });
    scene.volume('config').tearDown();
    const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'torn-down' });
    expect(problem.remedy).toContain('kubectl delete pod');
    scene.volume('config').setUpAnew();
    await scene.volume('config').write({ 'app.conf': 'two' });
    rehup.kill('SIGHUP');
    await rehup.line({ source: 'signal' });
    const refused = await rehup.line({ msg: 'reload failed' });
    expect(refused).toMatchObject({ outcome: 'not-ready' });
    expect(await rehup.stop()).toBe(0);
    expect(app.lines).toEqual(['ready']);
    expect(rehup.all({ msg: 'mount can be read again' })).toEqual([]);
    expect(rehup.all({ msg: 'update seen' })).toEqual([]);
  });

  const wrapper = ['tini', 'dumb-init'].find(isInstalled);
  it.skipIf(wrapper === undefined)(
    `looks behind an init wrapper for the app${wrapper ? '' : ' (skipped: neither tini nor dumb-init is installed)'}`,
    async () => {
      await using scene = await createPodScene({
        volumes: CONFIG,
        containers: { app: MOUNTED, rehup: MOUNTED },
      });
      const app = await scene.start('app', [wrapper ?? '', '--', ...APP]);
      await app.line('ready');
      const rehup = await scene.startRehup();
      await rehup.line({ outcome: 'already-current' });
      await scene.volume('config').write({ 'app.conf': 'two' });
      await app.line('reloaded two');
      expect((await rehup.line({ msg: 'reloaded' })).target).toMatch(/^app\/app/);
    },
  );
});
