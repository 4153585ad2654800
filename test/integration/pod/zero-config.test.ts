import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { createPodScene } from '../../support/pod-scene.ts';
import type { VolumeMount } from '../../support/pod-scene/pod-spec.ts';
import { programCommand } from '../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const CONFIG = { config: { payload: { 'app.conf': 'one' } } };
const MOUNTED: VolumeMount[] = [{ volume: 'config' }];
const APP = programCommand('handler', 'app', '/etc/config/app.conf');

describe.skipIf(missing)(`rehup in a pod with nothing configured${note}`, () => {
  it.for(['configmap', 'secret'] as const)(
    'signals the app that mounts the same %s, and nobody else',
    async (kind) => {
      await using scene = await createPodScene({
        volumes: { config: { kind, payload: { 'app.conf': 'one' } } },
        containers: { app: MOUNTED, other: [], rehup: MOUNTED },
      });
      const app = await scene.start('app', APP);
      const other = await scene.start('other', programCommand('handler', 'other', '/etc/hosts'));
      await app.line('ready');
      await other.line('ready');
      const rehup = await scene.startRehup();
      const watching = await rehup.line({ msg: 'watching', mount: '/etc/config' });
      expect(watching.target).toMatch(/^app\/app \(\d+\)$/);
      await rehup.line({ msg: 'nothing to do', outcome: 'already-current' });
      await scene.volume('config').write({ 'app.conf': 'two' });
      await app.line('reloaded two');
      const reloaded = await rehup.line({ msg: 'reloaded' });
      expect(reloaded).toMatchObject({ action: 'signal', mount: '/etc/config' });
      expect(reloaded.changed).toEqual(['app.conf']);
      expect(await rehup.stop()).toBe(0);
      expect(app.lines).toEqual(['ready', 'reloaded two']);
      expect(other.lines).toEqual(['ready']);
      expect(scene.pause.lines).toEqual(['ready']);
    },
  );

  it('reloads once where a ConfigMap and a Secret change together', async () => {
    const both: VolumeMount[] = [{ volume: 'config' }, { volume: 'secret' }];
    await using scene = await createPodScene({
      volumes: { ...CONFIG, secret: { kind: 'secret', payload: { key: 'one' } } },
      containers: { app: both, rehup: both },
    });
    const app = await scene.start('app', APP);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { REHUP_SETTLE: '3s' } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await scene.volume('secret').write({ key: 'two' });
    const reloaded = await rehup.line({ msg: 'reloaded' });
    expect(reloaded.mount).toEqual(['/etc/config', '/etc/secret']);
    await scene.volume('config').write({ 'app.conf': 'three' });
    await app.line('reloaded three');
    expect(app.lines).toEqual(['ready', 'reloaded two', 'reloaded three']);
  });

  it('signals for each volume the app that mounts it', async () => {
    await using scene = await createPodScene({
      volumes: { ...CONFIG, extra: { payload: { 'app.conf': 'one' } } },
      containers: {
        app: MOUNTED,
        second: [{ volume: 'extra' }],
        rehup: [{ volume: 'config' }, { volume: 'extra' }],
      },
    });
    const app = await scene.start('app', APP);
    const second = await scene.start(
      'second',
      programCommand('handler', 'second', '/etc/extra/app.conf'),
    );
    await app.line('ready');
    await second.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('extra').write({ 'app.conf': 'two' });
    await second.line('reloaded two');
    expect((await rehup.line({ msg: 'reloaded' })).target).toMatch(/^second\/second/);
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect((await rehup.line({ msg: 'reloaded' })).target).toMatch(/^app\/app/);
    expect(app.lines).toEqual(['ready', 'reloaded two']);
    expect(second.lines).toEqual(['ready', 'reloaded two']);
  });

  it('signals the master of an app with workers, not its workers', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', programCommand('master', 'app'));
    await app.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'reloaded' });
    expect(app.lines).toEqual(['ready', 'master reloaded']);
  });

  it('does not signal a later process in the container of the app, such as an exec session', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, rehup: MOUNTED },
    });
    const app = await scene.start('app', APP);
    await app.line('ready');
    const session = await scene.start('app', APP);
    await session.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'reloaded' });
    expect(app.lines).toEqual(['ready', 'reloaded two']);
    expect(session.lines).toEqual(['ready']);
  });

  it('reaches the new process after the app container was restarted', async () => {
    await using scene = await createPodScene({
      volumes: CONFIG,
      containers: { app: MOUNTED, rehup: MOUNTED },
    });
    const first = await scene.start('app', APP);
    await first.line('ready');
    const rehup = await scene.startRehup();
    await rehup.line({ outcome: 'already-current' });
    first.kill('SIGKILL');
    await first.exited;
    const second = await scene.start('app', APP);
    await second.line('ready');
    await scene.volume('config').write({ 'app.conf': 'two' });
    await second.line('reloaded two');
    expect(await rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });
});
