import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../../support/abilities.ts';
import { createPodScene, type PodScene } from '../../../support/pod-scene.ts';
import type { LineProcess } from '../../../support/line-process.ts';
import { programCommand } from '../../../support/start-program.ts';
import type { Rehup } from '../../../support/start-rehup.ts';
import { nextMoment } from '../../../support/uptime.ts';

const { missing, note } = pidNamespaces;

const ENV = {
  REHUP_PUBLISH: '/etc/published',
  REHUP_TARGET: 'container:app',
  REHUP_VALIDATE_EXEC: JSON.stringify(['/bin/sh', '-c', '! grep -q invalid "$1/app.conf"', 'sh']),
  // Time for other content to come before the app is told.
  REHUP_MIN_AGE: '3s',
};
const DIES = programCommand('dies', 'app', '/etc/published/app.conf');

async function createScene(): Promise<PodScene> {
  return await createPodScene({
    volumes: {
      config: { payload: { 'app.conf': 'one' } },
      published: { kind: 'empty-dir', payload: {} },
    },
    containers: {
      app: [{ volume: 'published' }],
      rehup: [{ volume: 'config' }, { volume: 'published' }],
    },
  });
}

async function startBoth(
  scene: PodScene,
  env: Readonly<Record<string, string>>,
): Promise<{ rehup: Rehup; app: LineProcess }> {
  const rehup = await scene.startRehup({ env: { ...ENV, ...env } });
  await rehup.line({ msg: 'published' });
  await nextMoment();
  const app = await scene.start('app', DIES);
  await app.line('ready');
  await rehup.line({ msg: 'the app sees', proved: true });
  return { rehup, app };
}

async function readPublished(scene: PodScene): Promise<string> {
  const cat = await scene.start('rehup', ['cat', '/etc/published/app.conf']);
  await cat.exited;
  return cat.lines.join('\n');
}

describe.skipIf(missing)(`content that is published and not proved yet${note}`, () => {
  it('is told of and proved all the same where what comes after it is held', async () => {
    await using scene = await createScene();
    const { rehup, app } = await startBoth(scene, {});
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'the app sees', proved: false });
    await scene.volume('config').write({ 'app.conf': 'invalid' });
    await rehup.line({ msg: 'held' });
    await app.line('reloaded two');
    await rehup.line({ msg: 'the app sees', proved: true });
    expect(await readPublished(scene)).toBe('two');
    // What it has is not told of once more.
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ outcome: 'already-current' });
    expect(app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('is taken back where the app dies of it, also while what comes after it is held', async () => {
    await using scene = await createScene();
    const { rehup, app } = await startBoth(scene, { REHUP_SURVIVE: '300ms' });
    await scene.volume('config').write({ 'app.conf': 'bad' });
    await rehup.line({ msg: 'the app sees', proved: false });
    await scene.volume('config').write({ 'app.conf': 'invalid' });
    await rehup.line({ msg: 'held' });
    await app.line('reloaded bad');
    const back = await rehup.line({ outcome: 'rolled-back' });
    expect(back.reason).toMatch(/^target-died: /);
    expect(await readPublished(scene)).toBe('one');
  });

  it('makes way for the last good content where the app has not been seen with it', async () => {
    await using scene = await createScene();
    const env = { REHUP_RESTART_TIMEOUT: '1s', REHUP_MIN_AGE: '0s' };
    const { rehup, app } = await startBoth(scene, env);
    app.kill('SIGKILL');
    await app.exited;
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'published', changed: ['app.conf'] });
    const away = await rehup.line({ outcome: 'no-target' });
    expect(away.reason).toMatch(/^the app has not been seen since this content was published/);
    expect(await readPublished(scene)).toBe('one');
    const again = await scene.start('app', DIES);
    await again.line('ready');
    await rehup.line({ msg: 'published' });
    expect(await readPublished(scene)).toBe('two');
  });
});
