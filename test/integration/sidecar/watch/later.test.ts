import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHttpApp } from '../../../support/http-app.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup, type Rehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

async function watchByInotify(path: string, url: string): Promise<Rehup> {
  const rehup = await startRehup({
    env: { REHUP_WATCH: path, REHUP_URL: url, REHUP_WATCH_MODE: 'inotify' },
  });
  await rehup.line({ msg: 'watching' });
  return rehup;
}

/** Nothing but inotify is at work, so that each reload shows that the watch has moved along. */
describe('by inotify alone', () => {
  it('a volume that comes later is watched', async () => {
    await using dir = await createTempDir('later-');
    await using app = await createHttpApp();
    const root = join(dir.path, 'vol');
    await using rehup = await watchByInotify(root, app.url);
    mkdirSync(root);
    await using volume = await createKubeletVolume({ root });
    await volume.write({ 'app.conf': 'one' });
    expect((await rehup.line({ msg: 'reloaded' })).added).toEqual(['app.conf']);
    for (const text of ['two', 'three']) {
      await volume.write({ 'app.conf': text });
      expect((await rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    }
    expect(rehup.all({ source: 'poll' })).toEqual([]);
  });

  it.for([
    ['removed and made again', (path: string) => rmSync(path, { recursive: true })],
    ['moved away and replaced', (path: string) => renameSync(path, `${path}.old`)],
  ] as const)('a directory is watched that was %s', async ([, takeAway]) => {
    await using dir = await createTempDir('replaced-');
    await using app = await createHttpApp();
    const conf = join(dir.path, 'conf');
    const file = join(conf, 'app.conf');
    mkdirSync(conf);
    writeFileSync(file, 'one');
    await using rehup = await watchByInotify(conf, app.url);
    await rehup.line({ msg: 'reloaded' });
    takeAway(conf);
    await rehup.line({ msg: 'mount cannot be read' });
    mkdirSync(conf);
    writeFileSync(file, 'two');
    expect((await rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    writeFileSync(file, 'three');
    expect((await rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    expect(rehup.all({ source: 'poll' })).toEqual([]);
  });
});
