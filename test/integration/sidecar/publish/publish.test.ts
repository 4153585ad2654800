import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../../support/abilities.ts';
import { createPodScene, type PodScene } from '../../../support/pod-scene.ts';
import type { VolumeMount } from '../../../support/pod-scene/pod-spec.ts';
import type { LineProcess } from '../../../support/line-process.ts';
import { programCommand } from '../../../support/start-program.ts';
import { type Rehup, rehupCommand } from '../../../support/start-rehup.ts';
import { nextMoment } from '../../../support/uptime.ts';

const { missing, note } = pidNamespaces;

const PUBLISH = {
  REHUP_PUBLISH: '/etc/published',
  REHUP_VALIDATE: '*.json=json',
  REHUP_TARGET: 'container:app',
};
const APP = programCommand('handler', 'app', '/etc/published/app.json');
const DIES = programCommand('dies', 'app', '/etc/published/app.json');

const DIRECTORY: VolumeMount = { volume: 'published' };

/** The app mounts what is published, and rehup both. */
async function createScene(first: string, mount: VolumeMount = DIRECTORY): Promise<PodScene> {
  return await createPodScene({
    volumes: {
      config: { payload: { 'app.json': first } },
      published: { kind: 'empty-dir', payload: {} },
    },
    containers: {
      app: [mount],
      rehup: [{ volume: 'config' }, { volume: 'published' }],
    },
  });
}

async function startApp(scene: PodScene, command = APP): Promise<LineProcess> {
  const app = await scene.start('app', command);
  await app.line('ready');
  return app;
}

async function startBoth(
  scene: PodScene,
  { env = {}, command = APP }: { env?: Record<string, string>; command?: string[] } = {},
): Promise<{ app: LineProcess; rehup: Rehup }> {
  const rehup = await scene.startRehup({ env: { ...PUBLISH, ...env } });
  await rehup.line({ msg: 'published' });
  // What starts within the same moment may have read what was there before.
  await nextMoment();
  const app = await startApp(scene, command);
  await rehup.line({ msg: 'the app sees', proved: true });
  return { rehup, app };
}

/** What an app reads that starts now. */
async function readPublished(scene: PodScene): Promise<string> {
  const cat = await scene.start('app', ['cat', '/etc/published/app.json']);
  await cat.exited;
  return cat.lines.join('\n');
}

describe.skipIf(missing)(`guarded publishing${note}`, () => {
  it('shows the app new content only when it is valid, and tells it then', async () => {
    await using scene = await createScene('{"one": 1}');
    const { app, rehup } = await startBoth(scene);
    await scene.volume('config').write({ 'app.json': '{"two": 2}' });
    await app.line('reloaded {"two": 2}');
    const published = await rehup.line({ msg: 'published', outcome: 'published' });
    expect(published).toMatchObject({ mount: '/etc/config', changed: ['app.json'] });
    await scene.volume('config').write({ 'app.json': '{"three": ' });
    const held = await rehup.line({ msg: 'held', outcome: 'held' });
    expect(held.reason).toMatch(
      /^\/etc\/published\/app\.json, line 1.*; the app keeps what is published, also after a restart$/,
    );
    expect(await readPublished(scene)).toBe('{"two": 2}');
    await scene.volume('config').write({ 'app.json': '{"four": 4}' });
    await app.line('reloaded {"four": 4}');
    expect(app.lines).toEqual(['ready', 'reloaded {"two": 2}', 'reloaded {"four": 4}']);
    expect(await rehup.stop()).toBe(0);
  });

  it('shows the last good content again where the app dies of the new one', async () => {
    await using scene = await createScene('good');
    const { app, rehup } = await startBoth(scene, {
      command: DIES,
      env: { REHUP_VALIDATE: '', REHUP_SURVIVE: '300ms' },
    });
    await scene.volume('config').write({ 'app.json': 'bad' });
    await app.line('reloaded bad');
    const back = await rehup.line({ outcome: 'rolled-back' });
    expect(back.reason).toMatch(/^target-died: .*; the last good content is published again$/);
    expect(await readPublished(scene)).toBe('good');
    const again = await startApp(scene, DIES);
    await nextMoment();
    await scene.volume('config').write({ 'app.json': 'better' });
    await again.line('reloaded better');
  });

  it('holds the first content where it is invalid, and shows it once it is corrected', async () => {
    await using scene = await createScene('{');
    const rehup = await scene.startRehup({ env: PUBLISH });
    const held = await rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(/nothing is published yet, and rehup is not ready$/);
    await scene.volume('config').write({ 'app.json': '{}' });
    await rehup.line({ msg: 'published' });
    expect(await readPublished(scene)).toBe('{}');
  });

  it('reaches an app that mounts one key by subPath, where the file stays the same', async () => {
    const key = { volume: 'published', path: '/etc/app.json', subPath: 'app.json' };
    await using scene = await createScene('one', key);
    const { app, rehup } = await startBoth(scene, {
      command: programCommand('handler', 'app', '/etc/app.json'),
      env: { REHUP_VALIDATE: '', REHUP_PUBLISH_AS: 'app.json=in-place' },
    });
    await scene.volume('config').write({ 'app.json': 'a longer one' });
    await app.line('reloaded a longer one');
    await scene.volume('config').write({ 'app.json': 'two' });
    await app.line('reloaded two');
    await rehup.line({ msg: 'published', changed: ['app.json'] });
    expect(rehup.all({ level: 'error' })).toEqual([]);
  });

  it('leaves an app alone that mounts one key by subPath, where that is a link', async () => {
    const key = { volume: 'published', path: '/etc/app.json', subPath: 'app.json' };
    await using scene = await createScene('one', key);
    const env = { ...PUBLISH, REHUP_VALIDATE: '', REHUP_TARGET: 'auto' };
    const first = await scene.startRehup({ env });
    await first.line({ msg: 'published' });
    await nextMoment();
    await startApp(scene, programCommand('handler', 'app', '/etc/app.json'));
    await first.stop();
    await nextMoment();
    // What is older than rehup is no init container.
    const rehup = await scene.startRehup({ env });
    await rehup.line({ msg: 'watching' });
    await scene.volume('config').write({ 'app.json': 'two' });
    const left = await rehup.line({ outcome: 'no-target', changed: ['app.json'] });
    expect(left.check).toBe('app-mounts-sub-path');
  });

  it('keeps what is published and what it holds across a restart of rehup', async () => {
    await using scene = await createScene('{"one": 1}');
    const { app, rehup } = await startBoth(scene);
    await scene.volume('config').write({ 'app.json': '{' });
    await rehup.line({ msg: 'held' });
    rehup.kill('SIGKILL');
    await rehup.exited;
    const next = await scene.startRehup({ env: PUBLISH });
    await next.line({ msg: 'the app sees', proved: true });
    await next.line({ msg: 'held' });
    expect(await readPublished(scene)).toBe('{"one": 1}');
    await scene.volume('config').write({ 'app.json': '{"one": 1}' });
    await next.line({ msg: 'nothing to do' });
    expect(app.lines).toEqual(['ready']);
  });

  it('does not try content again that the app has failed with, also after a restart of rehup', async () => {
    await using scene = await createScene('good');
    const env = { ...PUBLISH, REHUP_VALIDATE: '' };
    const { app, rehup } = await startBoth(scene, { command: DIES, env });
    await scene.volume('config').write({ 'app.json': 'bad' });
    await app.line('reloaded bad');
    await rehup.line({ outcome: 'rolled-back' });
    const again = await startApp(scene, DIES);
    rehup.kill('SIGKILL');
    await rehup.exited;
    const next = await scene.startRehup({ env });
    const held = await next.line({ msg: 'held' });
    expect(held.reason).toMatch(/^the app failed with this content before: app\/app .* died/);
    await scene.volume('config').write({ 'app.json': 'better' });
    await again.line('reloaded better');
    expect(again.lines).toEqual(['ready', 'reloaded better']);
  });

  it('tells nothing to an app that watches by itself, and goes back where that ends', async () => {
    await using scene = await createScene('good');
    const { app, rehup } = await startBoth(scene, {
      env: { REHUP_VALIDATE: '', REHUP_ACTION: 'none', REHUP_SURVIVE: '2s' },
    });
    await scene.volume('config').write({ 'app.json': 'bad' });
    await rehup.line({ msg: 'the app sees', proved: false });
    app.kill('SIGKILL');
    await rehup.line({ outcome: 'rolled-back', action: 'none' });
    expect(await readPublished(scene)).toBe('good');
    expect(app.lines).toEqual(['ready']);
  });

  it('unpacks and fills in what it publishes, and validates that', async () => {
    await using scene = await createPodScene({
      volumes: {
        config: { payload: { 'app.json.gz': gzipSync('{"a": $(A), "cost": "$$(A)"}') } },
        published: { kind: 'empty-dir', payload: {} },
      },
      containers: { app: [DIRECTORY], rehup: [{ volume: 'config' }, { volume: 'published' }] },
    });
    const fill = { REHUP_GUNZIP: '*.gz', REHUP_EXPAND: '*.json' };
    const rehup = await scene.startRehup({ env: { ...PUBLISH, ...fill, A: '1' } });
    await rehup.line({ msg: 'published' });
    expect(await readPublished(scene)).toBe('{"a": 1, "cost": "$(A)"}');
    await scene.volume('config').write({ 'app.json.gz': gzipSync('{"b": $(B)}') });
    const held = await rehup.line({ msg: 'held' });
    expect(held.reason).toBe('the key app.json refers to the variable B, which is not set');
    await scene.volume('config').write({ 'app.json.gz': 'not packed' });
    await rehup.line({ msg: 'held', changed: ['app.json.gz'] });
    expect(await readPublished(scene)).toBe('{"a": 1, "cost": "$(A)"}');
  });

  it('is what the doctor looks for in the app', async () => {
    await using scene = await createScene('{}');
    await startBoth(scene);
    const settings = Object.entries(PUBLISH).map(([name, value]) => `${name}=${value}`);
    const doctor = await scene.start('rehup', ['env', ...settings, ...rehupCommand(['doctor'])]);
    await doctor.exited;
    const text = doctor.lines.join('\n');
    expect(text).toMatch(/^(?:✓|ok) publish: \/etc\/published can be written$/m);
    expect(text).toMatch(
      /^(?:✓|ok) app-mount: app\/app \(\d+\) mounts the volume of \/etc\/published as a directory$/m,
    );
  });
});
