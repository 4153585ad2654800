import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { createPodScene, type PodScene } from '../../support/pod-scene.ts';
import type { LineProcess } from '../../support/line-process.ts';
import type { Rehup } from '../../support/start-rehup.ts';
import { programCommand } from '../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const STATE = { volume: 'state', path: '/etc/state' };
const CONFIG = { volume: 'config' };
const APP = programCommand('handler', 'app', '/etc/config/app.conf');

/** A pod without a shared process namespace, in which the app runs as another user. */
async function createScene(): Promise<PodScene> {
  return await createPodScene({
    volumes: {
      config: { payload: { 'app.conf': 'one' } },
      state: { kind: 'empty-dir', payload: {} },
    },
    containers: { app: [CONFIG], rehup: [CONFIG, STATE] },
  });
}

async function startRehup(scene: PodScene, env: Record<string, string> = {}): Promise<Rehup> {
  return await scene.startRehup({
    unshared: true,
    env: { REHUP_RESTART: 'pod', REHUP_STATE_DIR: STATE.path, REHUP_INCLUDE: '*.conf', ...env },
    // Of a child that ends by itself.
    stderr: /^(?:unshare: sigprocmask unblock failed: .*)?$/,
  });
}

/** The kubelet's part: a container ends, and is started again. */
async function startApp(scene: PodScene, before?: LineProcess): Promise<LineProcess> {
  before?.kill('SIGKILL');
  await before?.exited;
  const app = await scene.start('app', APP, { unshared: true });
  await app.line('ready');
  return app;
}

/** Both run, and rehup has had its first look. */
async function startBoth(scene: PodScene): Promise<{ rehup: Rehup; app: LineProcess }> {
  const rehup = await startRehup(scene);
  await rehup.line({ msg: 'watching' });
  return { rehup, app: await startApp(scene) };
}

describe.skipIf(missing)(`a restart of the whole pod by the exit code of rehup${note}`, () => {
  it('is asked for after a change, and told of by the next run, once', async () => {
    await using scene = await createScene();
    const { rehup, app } = await startBoth(scene);
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect(await rehup.line({ msg: 'update seen' })).toMatchObject({ changed: ['app.conf'] });
    expect((await rehup.line({ msg: 'stopping' })).reason).toMatch(/^leaving with 88, /);
    expect(await rehup.exited).toMatchObject({ code: 88 });
    app.kill('SIGKILL');
    await app.exited;

    const second = await startRehup(scene);
    await second.line({ msg: 'watching' });
    const again = await startApp(scene);
    expect(await second.line({ outcome: 'reloaded' })).toMatchObject({ action: 'restart' });
    expect(again.lines).toEqual(['ready']);

    // Nothing but new content is a reason to leave.
    await scene.volume('config').write({ 'app.conf': 'two', other: 'one' });
    await second.line({ outcome: 'filtered' });
    expect(await second.stop()).toBe(0);
  });

  it('is not asked for by what was there at the start, whenever it came', async () => {
    await using scene = await createScene();
    await scene.volume('config').write({ 'app.conf': 'two' });
    const { rehup } = await startBoth(scene);
    await scene.volume('config').write({ 'app.conf': 'two', other: 'one' });
    await rehup.line({ outcome: 'filtered' });
    expect(await rehup.stop()).toBe(0);
  });

  it('is asked for where the change came while rehup was away', async () => {
    await using scene = await createScene();
    const { rehup } = await startBoth(scene);
    await rehup.stop();
    await scene.volume('config').write({ 'app.conf': 'two' });
    const second = await startRehup(scene);
    expect(await second.exited).toMatchObject({ code: 88 });
  });

  it('is said not to have happened where rehup alone is started again, and is not asked for again', async () => {
    await using scene = await createScene();
    const { rehup, app } = await startBoth(scene);
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect(await rehup.exited).toMatchObject({ code: 88 });

    const second = await startRehup(scene, { REHUP_RESTART_TIMEOUT: '1s' });
    const failed = await second.line({ outcome: 'unverified' });
    expect(failed.check).toBe('pod-not-restarted');
    expect(failed.reason).toMatch(/the pod was not restarted, and has the old content$/);
    expect(failed.remedy).toContain('restartPolicyRules');
    await second.line({ outcome: 'unverified' });

    // Newer content does not make rehup try what this pod cannot do.
    await scene.volume('config').write({ 'app.conf': 'three' });
    await second.line({ outcome: 'superseded' });
    await second.line({ outcome: 'unverified' });
    expect(app.lines).toEqual(['ready']);

    // Whoever starts the app by other means has done what was to be done.
    await startApp(scene, app);
    await second.line({ outcome: 'reloaded' });
    await scene.volume('config').write({ 'app.conf': 'four' });
    expect(await second.exited).toMatchObject({ code: 88 });
  });

  it('is asked for once more where somebody asks for a reload', async () => {
    await using scene = await createScene();
    const { rehup } = await startBoth(scene);
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.exited;
    const second = await startRehup(scene, { REHUP_RESTART_TIMEOUT: '1s' });
    await second.line({ outcome: 'unverified' });
    second.kill('SIGHUP');
    expect(await second.exited).toMatchObject({ code: 88 });
  });

  it('is held back where each restart brings another content', async () => {
    await using scene = await createScene();
    for (let run = 0; run < 5; run += 1) {
      const rehup = await startRehup(scene);
      await rehup.line({ msg: 'watching' });
      const app = await startApp(scene);
      await scene.volume('config').write({ 'app.conf': `run ${run}` });
      expect(await rehup.exited).toMatchObject({ code: 88 });
      app.kill('SIGKILL');
      await app.exited;
    }
    const { rehup } = await startBoth(scene);
    await rehup.line({ outcome: 'reloaded' });
    await scene.volume('config').write({ 'app.conf': 'once more' });
    const held = await rehup.line({ outcome: 'not-ready' });
    expect(held.check).toBe('pod-restarts-too-often');
    expect(held.retry_in_ms).toBeGreaterThan(60_000);
  });

  it('is not asked for where that could not be remembered', async () => {
    await using scene = await createScene();
    const rehup = await startRehup(scene, { REHUP_STATE_DIR: '/proc/none' });
    await rehup.line({ msg: 'watching' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const refused = await rehup.line({ outcome: 'not-ready' });
    expect(refused.check).toBe('state-directory-not-writable');
    expect(await rehup.stop()).toBe(0);
  });
});
