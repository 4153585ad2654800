// `rehup simulate` beside a real rehup and a real app: each step has the effect that it has in a pod.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../support/http-app.ts';
import type { LineProcess } from '../../../support/line-process.ts';
import { type Simulate, startSimulate } from '../../../support/simulate.ts';
import { programCommand, startProgram, uniqueName } from '../../../support/start-program.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import type { Rehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { nextMoment } from '../../../support/uptime.ts';
import { waitFor } from '../../../support/wait-for.ts';

interface Scene extends AsyncDisposable {
  /** Path of the volume. */
  readonly config: string;
  readonly volume: Simulate;
  readonly app: LineProcess;
  readonly rehup: Rehup;
}

/** A volume with `app.conf`, an app that says what it reads from it, and rehup. */
async function createScene(
  options: (directory: string) => readonly string[] = () => ['--set=app.conf=one'],
): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const dir = stack.use(await createTempDir());
  const config = join(dir.path, 'config');
  const volume = stack.use(await startSimulate(config, ...options(dir.path)));
  await nextMoment();
  const name = uniqueName();
  const app = stack.use(await startProgram(programCommand('handler', name, `${config}/app.conf`)));
  const rehup = stack.use(
    await startRehup({
      // A volume that is set up again is found by the poll.
      env: { REHUP_WATCH: config, REHUP_TARGET: `name:${name}`, REHUP_POLL: '100ms' },
    }),
  );
  await rehup.line({ outcome: 'already-current' });
  const owned = stack.move();
  return { config, volume, app, rehup, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

describe.each(['new', 'old'])('with the %s order of the kubelet', (order) => {
  const create = (): Promise<Scene> =>
    createScene(() => ['--set=app.conf=one', `--order=${order}`]);

  it.each([
    { step: 'set app.conf=two', seen: { changed: ['app.conf'] } },
    { step: 'change', seen: { changed: ['app.conf'] } },
    { step: 'add', seen: { added: ['added-1'] } },
    { step: 'add extra.conf', seen: { added: ['extra.conf'] } },
  ])('$step is one reload', async ({ step, seen }) => {
    await using scene = await create();
    expect(await scene.volume.play(step)).toMatchObject({ ...seen, swapped: true });
    await scene.rehup.line({ msg: 'reloaded', ...seen });
    await scene.app.line(/^reloaded /);
    await scene.volume.play('set app.conf=end');
    await scene.app.line('reloaded end');
    await scene.rehup.line({ msg: 'reloaded', changed: ['app.conf'] });
    expect(scene.rehup.all({ msg: 'reloaded' })).toHaveLength(2);
  });

  it('crash is one reload, when the app can open the new key', async () => {
    await using scene = await create();
    const added = ['added-1'];
    expect(await scene.volume.play('crash')).toMatchObject({ added, swapped: true });
    // The new order makes the links of new keys after the swap, and so only at the next step.
    const early = order === 'old';
    if (early) await scene.rehup.line({ msg: 'reloaded', added });
    await scene.volume.play('set app.conf=end');
    await scene.app.line('reloaded end');
    await scene.rehup.line({ msg: 'reloaded', changed: ['app.conf'], ...(!early && { added }) });
    expect(scene.rehup.all({ msg: 'reloaded' })).toHaveLength(early ? 2 : 1);
  });

  it('remove is one reload', async () => {
    await using scene = await create();
    await scene.volume.play('add');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(await scene.volume.play('remove')).toMatchObject({ removed: ['added-1'] });
    await scene.rehup.line({ msg: 'reloaded', removed: ['added-1'] });
    expect(scene.rehup.all({ msg: 'reloaded' })).toHaveLength(2);
  });

  it('same is a swap, and no reload', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    await using volume = await startSimulate(config, '--set=app.conf=one', `--order=${order}`);
    // A process that has just started might have read something else that was there in between.
    await using app = await createHttpApp();
    await using rehup = await startRehup({ env: { REHUP_WATCH: config, REHUP_URL: app.url } });
    await rehup.line({ msg: 'reloaded' });
    app.forget();
    expect(await volume.play('same')).toMatchObject({ changed: [], swapped: true });
    await rehup.line({ msg: 'nothing to do', outcome: 'unchanged' });
    await volume.play('set app.conf=two');
    await rehup.line({ msg: 'reloaded' });
    expect(app.requests).toHaveLength(1);
  });

  it('burst ends with the last content applied', async () => {
    await using scene = await create();
    await scene.volume.play('set app.conf=update 0');
    await scene.app.line('reloaded update 0');
    const { note } = await scene.volume.play('burst');
    expect(note).toBe('10 updates');
    await scene.app.line('reloaded update 10');
  });

  it('tear-down is reported, and over with the next step', async () => {
    await using scene = await create();
    await scene.volume.play('tear-down');
    await scene.rehup.line({ msg: 'mount cannot be read', kind: 'absent' });
    expect(await scene.volume.play('set app.conf=two')).toMatchObject({ note: 'set up again' });
    await scene.rehup.line({ msg: 'mount can be read again' });
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
  });
});

describe('--from', () => {
  it('publishes what is edited, by whatever way, as one update each', async () => {
    await using source = await createTempDir();
    const file = join(source.path, 'app.conf');
    writeFileSync(file, 'one');
    await using scene = await createScene(() => [`--from=${source.path}`]);

    writeFileSync(file, 'two');
    expect(await scene.volume.step('publish')).toMatchObject({ changed: ['app.conf'] });
    await scene.app.line('reloaded two');

    writeFileSync(join(source.path, 'new'), 'three');
    renameSync(join(source.path, 'new'), file);
    await scene.app.line('reloaded three');

    await scene.rehup.line({ msg: 'reloaded' });
    expect(readFileSync(join(scene.config, '..data/app.conf'), 'utf8')).toBe('three');
    expect(await scene.volume.stop()).toBe(0);
    expect(readFileSync(file, 'utf8')).toBe('three');
  });

  it('leaves out what cannot be a key, and says so once', async () => {
    await using source = await createTempDir();
    await using dir = await createTempDir();
    const write = (name: string, text: string): void =>
      writeFileSync(join(source.path, name), text);
    write('app.conf', 'one');
    write('app.conf~', 'backup');
    await using volume = await startSimulate(join(dir.path, 'config'), `--from=${source.path}`);
    const { note } = await volume.step('publish');
    expect(note).toContain('left out: app.conf~ is not a name for a key');

    write('.app.conf.swp', 'of vim');
    write('app.conf', 'two');
    expect((await volume.step('publish')).note).toBe(note);
    expect(volume.lines.filter((line) => line.includes('.swp'))).toEqual([]);
    expect(volume.lines.filter((line) => line.includes('"publish"'))).toHaveLength(2);
  });

  it('keeps the volume as it is while the source is away', async () => {
    await using dir = await createTempDir();
    const source = join(dir.path, 'source');
    const config = join(dir.path, 'config');
    mkdirSync(source);
    writeFileSync(join(source, 'app.conf'), 'one');
    await using volume = await startSimulate(config, `--from=${source}`);
    renameSync(source, `${source}-away`);
    expect((await volume.step('publish')).note).toBe(`${source} cannot be read: ENOENT`);
    expect(readFileSync(join(config, 'app.conf'), 'utf8')).toBe('one');
    writeFileSync(join(`${source}-away`, 'new.conf'), 'two');
    renameSync(`${source}-away`, source);
    expect(await volume.step('publish')).toMatchObject({ added: ['new.conf'], note: '' });
  });
});

describe('by itself', () => {
  it('changes one key after the other at an interval', async () => {
    await using dir = await createTempDir();
    await using volume = await startSimulate(join(dir.path, 'config'), '--every=10ms');
    const keys = [];
    for (let count = 0; count < 3; count += 1) keys.push(...(await volume.step('change')).changed);
    expect(keys).toEqual(['app.conf', 'limits.yaml', 'app.conf']);
  });

  it('plays a list, and stays until it is stopped', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    await using volume = await startSimulate(config, '--play=set app.conf=x, same', '--every=10ms');
    await volume.step('set');
    await volume.step('same');
    expect(readFileSync(join(config, 'app.conf'), 'utf8')).toBe('x');
    expect(await volume.stop('SIGINT')).toBe(0);
    expect((await volume.step('end')).note).toBe('as it was before');
  });

  it('ends after the list with --keep', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    await using volume = await startSimulate(config, '--play=add', '--every=10ms', '--keep');
    expect((await volume.exited).code).toBe(0);
    expect(readFileSync(join(config, 'added-1'), 'utf8')).toBe('update = 0\n');
  });

  it('never prints contents', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    await using volume = await startSimulate(config, '--set=password=hunter2');
    await volume.play('change');
    await volume.play('set password=hunter3');
    await volume.stop();
    await waitFor('the last line', () => volume.lines.at(-1)?.includes('"end"'));
    expect([...volume.lines, ...volume.stderr].join('\n')).not.toContain('hunter');
  });
});
