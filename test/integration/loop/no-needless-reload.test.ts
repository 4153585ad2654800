import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../support/reload-scene.ts';
import { serviceAccountToken } from '../../support/service-account-token.ts';
import { createTempDir } from '../../support/temp-dir.ts';

function payload(content: string, iat: number): Record<string, string> {
  return { 'app.conf': content, token: serviceAccountToken({ iat }) };
}

// The app has just started: had something else been there in between, it might have read that.
describe('an app that has just started', () => {
  it.for([
    { what: 'of a watched key', watch: 'volume/app.conf', env: {} },
    { what: 'that counts', watch: 'volume', env: { REHUP_INCLUDE: 'app.conf' } },
    { what: 'of a link to the volume', watch: 'link/app.conf', env: {} },
  ])('is not reloaded for the neighbour of a key: $what', async ({ watch, env }) => {
    await using dir = await createTempDir();
    const root = join(dir.path, 'volume');
    symlinkSync(root, join(dir.path, 'link'));
    await using scene = await createReloadScene({
      volume: { root },
      payload: { 'app.conf': 'one', other: '1' },
      env: { ...env, REHUP_WATCH: join(dir.path, watch) },
    });
    await scene.volume.write({ 'app.conf': 'one', other: '2' });
    await scene.rehup.line({ msg: 'nothing to do', outcome: 'filtered' });
    await scene.volume.write({ 'app.conf': 'two', other: '2' });
    expect((await scene.rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('is not reloaded for the renewal of its token', async () => {
    await using scene = await createReloadScene({ payload: payload('one', 1) });
    await scene.volume.write(payload('one', 2));
    await scene.rehup.line({ msg: 'nothing to do', outcome: 'filtered' });
    await scene.volume.write(payload('two', 3));
    expect((await scene.rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
  });
});

describe('a link to a kubelet volume', () => {
  it.for(['auto', 'poll'])('is that volume, with its keys: watch mode %s', async (mode) => {
    await using dir = await createTempDir();
    const root = join(dir.path, 'volume');
    symlinkSync(root, join(dir.path, 'link'));
    await using scene = await createReloadScene({
      volume: { root },
      payload: { 'app.conf': 'one', other: '1' },
      env: { REHUP_WATCH: join(dir.path, 'link'), REHUP_WATCH_MODE: mode, REHUP_POLL: '200ms' },
    });
    await scene.volume.write({ 'app.conf': 'two', other: '1' });
    const reloaded = await scene.rehup.line({ msg: 'reloaded' });
    expect(reloaded).toMatchObject({ mount: root, changed: ['app.conf'] });
    expect(reloaded.added ?? []).toEqual([]);
    await scene.volume.write({ 'app.conf': 'two', other: '2' });
    expect((await scene.rehup.line({ msg: 'reloaded' })).changed).toEqual(['other']);
  });
});

describe('a directory in which others write all the time', () => {
  it('has its valid content accepted and the app reloaded once', async () => {
    await using dir = await createTempDir();
    const conf = join(dir.path, 'app.conf');
    const beat = join(dir.path, 'heartbeat');
    writeFileSync(conf, 'one');
    writeFileSync(beat, '0');
    let beats = 0;
    // Each run of the check and each reload is met by a write.
    const heart = setInterval(() => writeFileSync(beat, String((beats += 1))), 20);
    using _ = { [Symbol.dispose]: () => clearInterval(heart) };
    await using scene = await createReloadScene({
      env: {
        REHUP_WATCH: dir.path,
        REHUP_INCLUDE: 'app.conf',
        REHUP_VALIDATE_EXEC: JSON.stringify([
          '/bin/sh',
          '-c',
          `echo x >> ${beat}; grep -q . ${conf}`,
        ]),
        REHUP_SETTLE: '20ms',
        REHUP_SETTLE_MAX: '200ms',
      },
    });
    writeFileSync(conf, 'two');
    expect((await scene.rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    writeFileSync(conf, 'three');
    expect((await scene.rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    expect(scene.rehup.all({ msg: 'reload failed' })).toEqual([]);
    expect(scene.rehup.all({ msg: 'reloaded' })).toHaveLength(2);
  });
});
