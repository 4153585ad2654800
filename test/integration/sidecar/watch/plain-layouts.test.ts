import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startRehup } from '../../../support/start-rehup.ts';
import type { LogLine, Rehup } from '../../../support/start-rehup.ts';
import { createHttpApp } from '../../../support/http-app.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

interface Scene extends AsyncDisposable {
  readonly dir: string;
  readonly rehup: Rehup;
  readonly reloaded: () => Promise<LogLine>;
}

/** Files as `prepare` makes them below `dir`, watched at `dir/<watch>`, and an app behind HTTP. */
async function createScene(watch: string, prepare: (dir: string) => void): Promise<Scene> {
  await using stack = new AsyncDisposableStack();
  const { path: dir } = stack.use(await createTempDir('plain-'));
  prepare(dir);
  const app = stack.use(await createHttpApp());
  const rehup = stack.use(
    await startRehup({
      env: { REHUP_WATCH: join(dir, watch), REHUP_URL: app.url, REHUP_POLL: '200ms' },
    }),
  );
  await rehup.line({ msg: 'watching' });
  await rehup.line({ msg: 'reloaded' });
  const owned = stack.move();
  return {
    dir,
    rehup,
    reloaded: () => rehup.line({ msg: 'reloaded' }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function writeRelease(dir: string, name: string, content: string): void {
  mkdirSync(join(dir, name));
  writeFileSync(join(dir, name, 'app.conf'), content);
}

function swapLink(dir: string, target: string): void {
  symlinkSync(target, join(dir, 'next'));
  renameSync(join(dir, 'next'), join(dir, 'current'));
}

describe('a link that is swapped, as git-sync does', () => {
  it.for(['relative', 'absolute'] as const)('is followed where it leads: %s', async (kind) => {
    const targetOf = (dir: string, name: string): string =>
      kind === 'relative' ? name : join(dir, name);
    await using scene = await createScene('current', (dir) => {
      writeRelease(dir, 'v1', 'one');
      swapLink(dir, targetOf(dir, 'v1'));
    });
    writeRelease(scene.dir, 'v2', 'two');
    swapLink(scene.dir, targetOf(scene.dir, 'v2'));
    rmSync(join(scene.dir, 'v1'), { recursive: true });
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
    // What happens where it leads now is seen, too.
    writeFileSync(join(scene.dir, 'v2/app.conf'), 'three');
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
    writeRelease(scene.dir, 'v3', 'four');
    swapLink(scene.dir, targetOf(scene.dir, 'v3'));
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
  });

  it('may come to be only later', async () => {
    await using dir = await createTempDir('later-');
    await using app = await createHttpApp();
    await using rehup = await startRehup({
      env: { REHUP_WATCH: join(dir.path, 'current'), REHUP_URL: app.url, REHUP_POLL: '200ms' },
    });
    const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'absent' });
    expect(problem.remedy).toContain('REHUP_WATCH');
    writeRelease(dir.path, 'v1', 'one');
    swapLink(dir.path, 'v1');
    await rehup.line({ msg: 'mount can be read again' });
    expect((await rehup.line({ msg: 'reloaded' })).added).toEqual(['app.conf']);
  });
});

function writeConf(dir: string): void {
  writeRelease(dir, 'conf', 'one');
}

describe('a plain directory', () => {
  it('is reloaded for files edited in place, replaced by rename, added and removed', async () => {
    await using scene = await createScene('conf', writeConf);
    const file = join(scene.dir, 'conf/app.conf');
    writeFileSync(file, 'two');
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
    writeFileSync(join(scene.dir, 'new'), 'three');
    renameSync(join(scene.dir, 'new'), file);
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
    writeFileSync(join(scene.dir, 'conf/more.conf'), 'x');
    expect((await scene.reloaded()).added).toEqual(['more.conf']);
    rmSync(file);
    expect((await scene.reloaded()).removed).toEqual(['app.conf']);
  });

  it('is reloaded for a change deep below it', async () => {
    await using scene = await createScene('conf', (dir) => {
      writeConf(dir);
      mkdirSync(join(dir, 'conf/a/b'), { recursive: true });
      writeFileSync(join(dir, 'conf/a/b/deep.conf'), '1');
    });
    writeFileSync(join(scene.dir, 'conf/a/b/deep.conf'), '22');
    expect((await scene.reloaded()).changed).toEqual(['a/b/deep.conf']);
  });

  it('may be removed and created anew', async () => {
    await using scene = await createScene('conf', writeConf);
    rmSync(join(scene.dir, 'conf'), { recursive: true });
    await scene.rehup.line({ msg: 'mount cannot be read' });
    writeRelease(scene.dir, 'conf', 'two');
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
    writeFileSync(join(scene.dir, 'conf/app.conf'), 'three');
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
  });
});

describe('a single file', () => {
  it('is reloaded when it is edited in place, and when it is replaced', async () => {
    await using scene = await createScene('conf/app.conf', (dir) => {
      writeRelease(dir, 'conf', 'one');
    });
    const file = join(scene.dir, 'conf/app.conf');
    writeFileSync(file, 'two');
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
    writeFileSync(`${file}.new`, 'three');
    renameSync(`${file}.new`, file);
    expect((await scene.reloaded()).changed).toEqual(['app.conf']);
  });
});
