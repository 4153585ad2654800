import { cpSync, readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { status } from '../../support/http-app.ts';
import { createHttpScene } from '../../support/http-scene.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { programCommand, startProgram } from '../../support/start-program.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { nextMoment } from '../../support/uptime.ts';

describe('what rehup decides', () => {
  it('reloads nothing for a swap with equal content', async () => {
    // A process that has just started might have read something else that was there in between.
    await using scene = await createHttpScene();
    swapForCopy(scene.volume.root);
    await scene.rehup.line({ msg: 'nothing to do', outcome: 'unchanged' });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.app.requests).toHaveLength(1);
  });

  it('names added, changed and removed keys', async () => {
    await using scene = await createReloadScene({
      payload: { 'app.conf': 'one', changed: '1', removed: '1', 'nested/deep/key': '1' },
    });
    await scene.volume.write({
      'app.conf': 'one',
      changed: '2',
      added: '1',
      'nested/deep/key': '2',
    });
    const reloaded = await scene.rehup.line({ msg: 'reloaded' });
    expect(reloaded.changed).toEqual(['changed', 'nested/deep/key']);
    expect(reloaded.added).toEqual(['added']);
    expect(reloaded.removed).toEqual(['removed']);
  });

  it.for([
    ['include', { REHUP_INCLUDE: '*.conf' }],
    ['exclude', { REHUP_EXCLUDE: '*.txt,nested/**' }],
  ] as const)('reloads for the keys that count alone: %s', async ([, env]) => {
    await using scene = await createReloadScene({
      env,
      payload: { 'app.conf': 'one', 'notes.txt': '1', 'nested/key': '1' },
    });
    await scene.volume.write({ 'app.conf': 'one', 'notes.txt': '2', 'nested/key': '2' });
    await scene.rehup.line({ msg: 'nothing to do', outcome: 'filtered' });
    await scene.volume.write({ 'app.conf': 'two', 'notes.txt': '3', 'nested/key': '3' });
    const reloaded = await scene.rehup.line({ msg: 'reloaded' });
    expect(reloaded.changed).toEqual(['app.conf']);
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('does all but the action in a dry run', async () => {
    await using scene = await createReloadScene({ env: { REHUP_DRY_RUN: 'true' } });
    await scene.volume.write({ 'app.conf': 'two' });
    const would = await scene.rehup.line({ msg: 'would reload', outcome: 'dry-run' });
    expect(would.target).toBe(`${scene.name} (${scene.app.pid})`);
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready']);
  });

  it('says in a dry run what would stand in the way', async () => {
    await using scene = await createReloadScene({
      app: ({ name }) => programCommand('no-handler', name),
      env: { REHUP_DRY_RUN: 'true' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    expect(await scene.rehup.line({ outcome: 'no-handler' })).toMatchObject({ level: 'warn' });
  });

  it('reloads at a SIGHUP to itself, though nothing changed', async () => {
    await using scene = await createReloadScene();
    scene.rehup.kill('SIGHUP');
    await scene.app.line('reloaded one');
    const reloaded = await scene.rehup.line({ msg: 'reloaded' });
    expect(reloaded.changed).toBeUndefined();
  });

  it('retries with growing pauses until the app takes it, and lets newer content supersede', async () => {
    await using scene = await createHttpScene({
      env: { REHUP_RETRY_DELAY: '100ms', REHUP_RETRY_MAX_DELAY: '400ms' },
    });
    scene.app.answer(status(500));
    await scene.volume.write({ 'app.conf': 'two' });
    const pauses: number[] = [];
    while (pauses.length < 4) {
      pauses.push((await scene.rehup.line({ outcome: 'rejected' })).retry_in_ms ?? 0);
    }
    for (const [index, ceiling] of [100, 200, 400, 400].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(ceiling / 2);
      expect(pauses[index]).toBeLessThanOrEqual(ceiling);
    }
    await scene.volume.write({ 'app.conf': 'three' });
    await scene.rehup.line({ msg: 'nothing to do', outcome: 'superseded' });
    scene.app.answer(status(200));
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ changed: ['app.conf'] });
  });

  it('gives up after the retries of the setting, and takes newer content up again', async () => {
    await using scene = await createHttpScene({ env: { REHUP_RETRIES: '1' } });
    scene.app.answer(status(500));
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ outcome: 'rejected' });
    const last = await scene.rehup.line({ outcome: 'rejected' });
    expect(last.retry_in_ms).toBeUndefined();
    scene.app.answer(status(200));
    await scene.volume.write({ 'app.conf': 'three' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.app.requests).toHaveLength(3);
  });
});

describe('a restart of rehup', () => {
  it('applies an update that came while it was down, once', async () => {
    await using scene = await createReloadScene();
    expect(await scene.rehup.stop()).toBe(0);
    await nextMoment();
    await scene.volume.write({ 'app.conf': 'two' });
    const env = { REHUP_WATCH: scene.volume.root, REHUP_TARGET: `name:${scene.name}` };
    await using again = await startRehup({ env });
    await again.line({ msg: 'reloaded' });
    expect(await again.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('leaves an app alone that was started after the update', async () => {
    await using scene = await createReloadScene();
    expect(await scene.rehup.stop()).toBe(0);
    scene.app.kill('SIGKILL');
    await scene.app.exited;
    await scene.volume.write({ 'app.conf': 'two' });
    await nextMoment();
    const file = `${scene.volume.root}/app.conf`;
    await using app = await startProgram(programCommand('handler', scene.name, file));
    const env = { REHUP_WATCH: scene.volume.root, REHUP_TARGET: `name:${scene.name}` };
    await using again = await startRehup({ env });
    await again.line({ msg: 'nothing to do', outcome: 'already-current' });
    expect(await again.stop()).toBe(0);
    expect(app.lines).toEqual(['ready']);
  });
});

/** What a token's renewal looks like to who does not watch the token: new directory, same bytes. */
function swapForCopy(root: string): void {
  const old = readlinkSync(join(root, '..data'));
  const copy = '..2030_01_02_03_04_05.123456789';
  cpSync(join(root, old), join(root, copy), { recursive: true });
  symlinkSync(copy, join(root, '..data_tmp'));
  renameSync(join(root, '..data_tmp'), join(root, '..data'));
  rmSync(join(root, old), { recursive: true });
}
