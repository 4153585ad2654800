import { describe, expect, it } from 'vitest';
import { placeOf } from '../../../../src/sidecar/canary/place.ts';
import { pidNamespaces } from '../../../support/abilities.ts';
import type { LineProcess } from '../../../support/line-process.ts';
import { createPodScene, type PodScene } from '../../../support/pod-scene.ts';
import { programCommand } from '../../../support/start-program.ts';
import type { Rehup } from '../../../support/start-rehup.ts';
import { nextMoment } from '../../../support/uptime.ts';
import { waitFor } from '../../../support/wait-for.ts';

const { missing, note } = pidNamespaces;

/** At 76.73 of 100. */
const POD = 'web-1';
const PERCENT = { below: '77', above: '76' };

const ENV = {
  POD_NAME: POD,
  REHUP_PUBLISH: '/etc/published',
  REHUP_CANARY: '/etc/next',
  REHUP_VALIDATE: '*.json=json',
  REHUP_TARGET: 'container:app',
};
const FILE = '/etc/published/app.json';
const HANDLER = programCommand('handler', 'app', FILE);
const DIES = programCommand('dies', 'app', FILE);

type Payload = Readonly<Record<string, string>>;

function nextOf(content: string, percent = PERCENT.below): Payload {
  return { 'app.json': content, 'rehup.percent': percent };
}

async function createScene(stable: string, next: Payload): Promise<PodScene> {
  return await createPodScene({
    volumes: {
      stable: { payload: { 'app.json': stable } },
      next: { payload: next },
      published: { kind: 'empty-dir', payload: {} },
    },
    containers: {
      app: [{ volume: 'published' }],
      rehup: [{ volume: 'stable' }, { volume: 'next' }, { volume: 'published' }],
    },
  });
}

async function startApp(scene: PodScene, command = HANDLER): Promise<LineProcess> {
  // What starts within the same moment may have read what was there before.
  await nextMoment();
  const app = await scene.start('app', command);
  await app.line('ready');
  return app;
}

type Started = { app: LineProcess; rehup: Rehup };

async function startBoth(
  scene: PodScene,
  { env = {}, command = HANDLER }: { env?: Payload; command?: string[] } = {},
): Promise<Started> {
  const rehup = await scene.startRehup({ env: { ...ENV, ...env } });
  await rehup.line({ msg: 'published' });
  const app = await startApp(scene, command);
  return { rehup, app };
}

/** What an app reads that starts now. */
async function readPublished(scene: PodScene): Promise<string> {
  const cat = await scene.start('app', [
    'sh',
    '-c',
    'ls /etc/published; cat /etc/published/app.json',
  ]);
  await cat.exited;
  return cat.lines.join(' ');
}

async function changeTo(
  scene: PodScene,
  source: 'stable' | 'next',
  payload: Payload,
): Promise<void> {
  await scene.volume(source).write(payload);
}

describe.skipIf(missing)(`a canary${note}`, () => {
  it('is at a place between the percentages of these tests', () => {
    expect(placeOf(POD)).toBeGreaterThan(Number(PERCENT.above));
    expect(placeOf(POD)).toBeLessThan(Number(PERCENT.below));
  });

  it('takes stable first, then next, and has stable again when it is not chosen any more', async () => {
    await using scene = await createScene('"stable"', nextOf('"next"'));
    const { app, rehup } = await startBoth(scene);
    await rehup.line({ msg: 'canary', source: 'next' });
    await app.line('reloaded "next"');
    await rehup.line({ msg: 'published', mount: '/etc/next' });
    expect(await readPublished(scene)).toBe('app.json "next"');

    await changeTo(scene, 'stable', { 'app.json': '"stable two"' });
    await changeTo(scene, 'next', nextOf('"next two"'));
    await app.line('reloaded "next two"');
    await changeTo(scene, 'next', nextOf('"next two"', PERCENT.above));
    await rehup.line({ msg: 'canary', source: 'stable' });
    await app.line('reloaded "stable two"');
    await rehup.line({ msg: 'published', mount: '/etc/stable' });
    await changeTo(scene, 'next', nextOf('"next two"', '100'));
    await app.line('reloaded "next two"');
    expect(app.lines).toEqual([
      'ready',
      'reloaded "next"',
      'reloaded "next two"',
      'reloaded "stable two"',
      'reloaded "next two"',
    ]);
    expect(rehup.all({ msg: 'canary', level: 'warn' })).toEqual([]);
    expect(rehup.all({ level: 'error' })).toEqual([]);
  });

  it('is not reloaded when what it has is promoted', async () => {
    await using scene = await createScene('"one"', nextOf('"two"'));
    const { app, rehup } = await startBoth(scene);
    await app.line('reloaded "two"');
    await rehup.line({ msg: 'published', mount: '/etc/next' });
    await changeTo(scene, 'stable', nextOf('"two"'));
    await changeTo(scene, 'next', {});
    await rehup.line({ msg: 'canary', source: 'stable' });
    await changeTo(scene, 'next', nextOf('"three"', PERCENT.above));
    await changeTo(scene, 'stable', { 'app.json': '"three"' });
    await app.line('reloaded "three"');
    expect(app.lines).toEqual(['ready', 'reloaded "two"', 'reloaded "three"']);
  });

  it('stays on stable where next is invalid, until that is corrected', async () => {
    await using scene = await createScene('"one"', nextOf('"two'));
    const { app, rehup } = await startBoth(scene);
    const held = await rehup.line({ msg: 'held' });
    expect(held.reason).toMatch(/this pod goes on with stable until next is another$/);
    const back = await rehup.line({ msg: 'canary', source: 'stable', level: 'warn' });
    expect(back.reason).toMatch(/^the next content was refused in this pod: held: .*app\.json/);
    await changeTo(scene, 'stable', { 'app.json': '"one again"' });
    await app.line('reloaded "one again"');
    await changeTo(scene, 'next', nextOf('"two"'));
    await app.line('reloaded "two"');
    expect(app.lines).toEqual(['ready', 'reloaded "one again"', 'reloaded "two"']);
    expect(rehup.all({ outcome: 'superseded' })).toEqual([]);
  });

  it('is back on stable where the app dies of next, also after a restart of rehup', async () => {
    await using scene = await createScene('one', nextOf('bad'));
    const env = { REHUP_VALIDATE: '', REHUP_SURVIVE: '300ms' };
    const { app, rehup } = await startBoth(scene, { env, command: DIES });
    await app.line('reloaded bad');
    const back = await rehup.line({ outcome: 'rolled-back' });
    expect(back.reason).toMatch(/target-died: .*this pod goes on with stable/);
    await rehup.line({ msg: 'canary', source: 'stable', level: 'warn' });
    expect(await readPublished(scene)).toBe('app.json one');
    const again = await startApp(scene, DIES);
    await changeTo(scene, 'stable', { 'app.json': 'one more' });
    await again.line('reloaded one more');
    await rehup.line({ msg: 'published', mount: '/etc/stable' });
    rehup.kill('SIGKILL');
    await rehup.exited;

    const other = await scene.startRehup({ env: { ...ENV, ...env } });
    await other.line({ msg: 'canary', source: 'stable', level: 'warn' });
    await changeTo(scene, 'next', nextOf('bad', '100'));
    await other.line({ msg: 'canary', percent: 100 } as object);
    expect(other.all({ msg: 'canary', source: 'next' })).toEqual([]);
    await changeTo(scene, 'next', nextOf('good'));
    await again.line('reloaded good');
    expect(again.lines).toEqual(['ready', 'reloaded one more', 'reloaded good']);
  });

  it('is back on stable where the app dies of what came after a good next', async () => {
    await using scene = await createScene('one', nextOf('two'));
    const env = { REHUP_VALIDATE: '', REHUP_SURVIVE: '300ms' };
    const { app, rehup } = await startBoth(scene, { env, command: DIES });
    await app.line('reloaded two');
    await rehup.line({ msg: 'published', mount: '/etc/next' });
    await changeTo(scene, 'next', nextOf('bad'));
    await app.line('reloaded bad');
    await rehup.line({ outcome: 'rolled-back' });
    // Not what came before, which is next as well: that is not in the sources any more.
    expect(await readPublished(scene)).toBe('app.json one');
    const again = await startApp(scene, DIES);
    await changeTo(scene, 'stable', { 'app.json': 'one more' });
    await again.line('reloaded one more');
  });

  it('tries once more what it has refused when somebody asks for it', async () => {
    await using scene = await createScene('one', nextOf('bad'));
    const env = { REHUP_VALIDATE: '', REHUP_SURVIVE: '300ms' };
    const { rehup } = await startBoth(scene, { env, command: DIES });
    await rehup.line({ outcome: 'rolled-back' });
    const app = await startApp(scene);
    rehup.kill('SIGHUP');
    await app.line('reloaded bad');
    await rehup.line({ msg: 'published', mount: '/etc/next' });
    expect(await readPublished(scene)).toBe('app.json bad');
  });

  it('stays on stable, and says so, where the percentage is none', async () => {
    await using scene = await createScene('"one"', { 'app.json': '"two"' });
    const { app, rehup } = await startBoth(scene);
    const missingOne = rehup.all({ msg: 'canary', level: 'warn' })[0];
    expect(missingOne?.reason).toMatch(/^the next content has no key rehup\.percent/);
    for (const wrong of ['101', 'all', '-1', '30 pods', 'x'.repeat(2000)]) {
      await changeTo(scene, 'next', nextOf('"two"', wrong));
      await changeTo(scene, 'next', nextOf('"two"', '0'));
    }
    await changeTo(scene, 'next', nextOf('"two"', '1e1'));
    const wrong = await rehup.line({ msg: 'canary', level: 'warn' });
    expect(wrong.source).toBe('stable');
    await changeTo(scene, 'next', nextOf('"two"', ' 100 %\n'));
    await app.line('reloaded "two"');
    expect(JSON.stringify(rehup.lines)).not.toContain('xxx');
  });

  it('starts with stable where next is not there, or there is nothing in it', async () => {
    await using scene = await createScene('"one"', {});
    const { app, rehup } = await startBoth(scene);
    await rehup.line({ msg: 'the app sees', proved: true });
    expect(rehup.all({ msg: 'canary' })).toHaveLength(1);
    await changeTo(scene, 'next', nextOf('"two"'));
    await app.line('reloaded "two"');
    await changeTo(scene, 'next', { 'rehup.percent': '100' });
    await app.line('reloaded "one"');
    await waitFor(
      'what is published',
      async () => (await readPublished(scene)) === 'app.json "one"',
    );
  });
});
