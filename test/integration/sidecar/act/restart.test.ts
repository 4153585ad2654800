import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../../support/abilities.ts';
import { createHttpApp } from '../../../support/http-app.ts';
import { createPodScene, type PodScene } from '../../../support/pod-scene.ts';
import type { VolumeMount } from '../../../support/pod-scene/pod-spec.ts';
import { programCommand, shellCommand } from '../../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const MOUNTED: VolumeMount[] = [{ volume: 'config' }];
const BY_SUB_PATH: VolumeMount[] = [
  { volume: 'config', subPath: '..data/app.conf', path: '/etc/app.conf' },
];
const STATIC = programCommand('no-handler', 'app');
const RESTART = { REHUP_RESTART: 'container' };

async function createScene(appMounts: VolumeMount[] = MOUNTED): Promise<PodScene> {
  return await createPodScene({
    volumes: { config: { payload: { 'app.conf': 'one' } } },
    containers: { app: appMounts, other: [], rehup: MOUNTED },
  });
}

describe.skipIf(missing)(`restart: container${note}`, () => {
  it('ends the main process and succeeds once the kubelet has brought up another', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    const other = await scene.start('other', STATIC);
    await app.line('ready');
    await other.line('ready');
    const rehup = await scene.startRehup({ env: RESTART });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect((await app.exited).signal).toBe('SIGTERM');
    const next = await scene.start('app', STATIC);
    await next.line('ready');
    const reloaded = await rehup.line({ msg: 'reloaded' });
    expect(reloaded).toMatchObject({ action: 'restart', changed: ['app.conf'] });
    await scene.volume('config').write({ 'app.conf': 'three' });
    expect((await next.exited).signal).toBe('SIGTERM');
    expect(other.lines).toEqual(['ready']);
    expect(await rehup.stop()).toBe(0);
  });

  it('helps an app that mounts the file by subPath, which would never see an update', async () => {
    await using scene = await createScene(BY_SUB_PATH);
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: RESTART });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.exited;
    await (await scene.start('app', STATIC)).line('ready');
    const reloaded = await rehup.line({ msg: 'reloaded' });
    expect(reloaded).toMatchObject({ action: 'restart' });
  });

  it('kills a process that does not end within its grace period', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', shellCommand({ signal: 15, action: '' }));
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { ...RESTART, REHUP_GRACE: '100ms' } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect((await app.exited).signal).toBe('SIGKILL');
  });

  it('sends the stop signal that is configured', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { ...RESTART, REHUP_STOP_SIGNAL: 'QUIT' } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect((await app.exited).signal).toBe('SIGQUIT');
  });

  it('does not take an exec session of the container for its next process', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const session = await scene.start(
      'app',
      programCommand('handler', 'sh', '/etc/config/app.conf'),
    );
    await session.line('ready');
    const rehup = await scene.startRehup({ env: { ...RESTART, REHUP_RESTART_TIMEOUT: '1s' } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.exited;
    // Nobody starts the container anew, and the session is older than REHUP_SURVIVE all the time.
    await rehup.line({ outcome: 'timed-out', action: 'restart' });
    expect(session.lines).toEqual(['ready']);
    const next = await scene.start('app', STATIC);
    await next.line('ready');
    await rehup.line({ outcome: 'already-current' });
    expect(rehup.all({ msg: 'reloaded' })).toEqual([]);
  });

  it('leaves a container alone that was started again while it waited for the app', async () => {
    await using ready = await createHttpApp();
    const open: (() => void)[] = [];
    ready.answer((response) => void open.push(() => response.writeHead(200).end()));
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { ...RESTART, REHUP_READY_URL: ready.url } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await ready.seen(1);
    app.kill('SIGKILL');
    await app.exited;
    const next = await scene.start('app', programCommand('handler', 'app', '/etc/config/app.conf'));
    await next.line('ready');
    for (const answer of open) answer();
    ready.answer((response) => response.writeHead(200).end());
    const left = await rehup.line({ outcome: 'no-target' });
    expect(left.reason).toContain('ended before it was asked to');
    await rehup.line({ outcome: 'already-current' });
    expect(await rehup.stop()).toBe(0);
    process.kill(next.pid, 0);
  });

  it('says what is in the way where the container does not come back', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { ...RESTART, REHUP_RESTART_TIMEOUT: '50ms' } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'timed-out' });
    expect(failed.reason).toContain('container app was not started again');
    expect(failed.remedy).toContain('restartPolicy: Always');
  });

  it('refuses a process of another uid, and names the uid', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC, { uid: 4321 });
    await app.line('ready');
    const rehup = await scene.startRehup({ uid: 1234, env: RESTART });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed', outcome: 'not-permitted' });
    expect(failed.remedy).toContain('runAsUser: 4321');
  });
});

describe.skipIf(missing)(`escalation to a restart${note}`, () => {
  const ESCALATE = { REHUP_ON_FAILURE: 'restart:2', REHUP_RESTART_TIMEOUT: '20s' };

  it('follows after as many failures as configured', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: ESCALATE });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.exited;
    await (await scene.start('app', STATIC)).line('ready');
    await rehup.line({ msg: 'reloaded', action: 'restart' });
    expect(rehup.all({ outcome: 'no-handler', msg: 'reload failed' })).toHaveLength(2);
  });

  it.each([
    ['handles', 'handler'],
    ['does not handle', 'no-handler'],
  ] as const)(
    'reaches an app that mounts the file by subPath, and %s the signal, which is not sent',
    async (_, program) => {
      await using scene = await createScene(BY_SUB_PATH);
      const command = programCommand(program, 'app', '/etc/app.conf');
      const app = await scene.start('app', command);
      await app.line('ready');
      const rehup = await scene.startRehup({ env: ESCALATE });
      await rehup.line({ outcome: 'already-current' });
      await scene.volume('config').write({ 'app.conf': 'two' });
      expect((await app.exited).signal).toBe('SIGTERM');
      const next = await scene.start('app', command);
      await next.line('ready');
      await rehup.line({ msg: 'reloaded', action: 'restart' });
      const refused = rehup.all({ msg: 'reload failed', outcome: 'no-target', action: 'signal' });
      expect(refused).toHaveLength(2);
      expect(refused[0]?.reason).toContain('by subPath, which never updates');
      expect([app.lines, next.lines]).toEqual([['ready'], ['ready']]);
    },
  );

  it('sends the signal where another container mounts the whole volume', async () => {
    await using scene = await createPodScene({
      volumes: { config: { payload: { 'app.conf': 'one' } } },
      containers: { app: MOUNTED, stale: BY_SUB_PATH, rehup: MOUNTED },
    });
    const stale = await scene.start('stale', programCommand('handler', 'stale', '/etc/app.conf'));
    const app = await scene.start('app', programCommand('handler', 'app', '/etc/config/app.conf'));
    await stale.line('ready');
    await app.line('ready');
    const rehup = await scene.startRehup({ env: ESCALATE });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    await app.line('reloaded two');
    await rehup.line({ msg: 'reloaded', action: 'signal' });
    expect(stale.lines).toEqual(['ready']);
  });

  it('ends with no further attempt where the restarted app fails, too, until there is newer content', async () => {
    await using scene = await createScene();
    const app = await scene.start('app', STATIC);
    await app.line('ready');
    const rehup = await scene.startRehup({ env: { ...ESCALATE, REHUP_RESTART_TIMEOUT: '50ms' } });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'bad' });
    await rehup.line({ msg: 'reload failed', action: 'restart' });
    const open = await rehup.line({ msg: 'no further attempt with this content' });
    expect(open.remedy).toContain('correct the content');
    await scene.volume('config').write({ 'app.conf': 'good' });
    await rehup.line({ outcome: 'superseded' });
    await rehup.line({ msg: 'attempts go on' });
    await rehup.line({ msg: 'update seen' });
  });
});
