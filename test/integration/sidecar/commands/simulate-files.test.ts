// Whatever becomes of `rehup simulate`, the files of the user are still there.
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startSimulate } from '../../../support/simulate.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

/** Everything there is to lose: kind, inode, mode, time and content of each entry. */
function inventory(directory: string): unknown {
  if (!existsSync(directory)) return 'missing';
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' }).toSorted();
  return ['', ...names].map((name) => {
    const path = join(directory, name);
    const { ino, mode, mtimeMs } = lstatSync(path);
    if (lstatSync(path).isSymbolicLink()) return { name, ino, target: readlinkSync(path) };
    if (lstatSync(path).isDirectory()) return { name, ino, mode };
    return { name, ino, mode, mtimeMs, content: readFileSync(path, 'utf8') };
  });
}

/** A file, one that only its owner may read, and a link. */
function makeFiles(directory: string): void {
  mkdirSync(directory);
  chmodSync(directory, 0o750);
  writeFileSync(join(directory, 'app.conf'), 'one');
  writeFileSync(join(directory, 'tls.key'), 'secret', { mode: 0o600 });
  writeFileSync(join(directory, '..', 'elsewhere'), 'linked');
  symlinkSync('../elsewhere', join(directory, 'linked.conf'));
}

const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

describe('files in the directory', () => {
  it('are the first content, readable to the same users and writable to nobody', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeFiles(config);
    await using volume = await startSimulate(config);
    const keys = ['app.conf', 'linked.conf', 'tls.key'];
    expect(keys.map((key) => read(config, key))).toEqual(['one', 'linked', 'secret']);
    expect(lstatSync(join(config, '..data/tls.key')).mode & 0o777).toBe(0o400);
    expect(lstatSync(join(config, '..data/app.conf')).mode & 0o777).toBe(0o444);
    expect(lstatSync(config).mode & 0o777).toBe(0o750);
    expect(await volume.stop()).toBe(0);
  });

  it.each([
    { how: 'after updates', steps: ['set app.conf=x', 'remove tls.key', 'add', 'burst'] },
    { how: 'after a tear-down', steps: ['tear-down'] },
    { how: 'after a crash', steps: ['crash'] },
    { how: 'at once', steps: [] },
  ])('are the same again $how', async ({ steps }) => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeFiles(config);
    const before = inventory(config);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      await using volume = await startSimulate(config);
      for (const step of steps) await volume.play(step);
      expect(inventory(`${config}.before-simulate`)).toEqual(before);
      expect(await volume.stop(signal)).toBe(0);
      expect(inventory(config)).toEqual(before);
    }
    expect(readdirSync(dir.path).toSorted()).toEqual(['config', 'elsewhere']);
  });

  it('are the same again after a step that cannot be done', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeFiles(config);
    const before = inventory(config);
    await using volume = await startSimulate(config);
    volume.say('remove nope');
    expect((await volume.exited).code).toBe(2);
    expect(volume.stderr).toEqual(['rehup: remove: there is no key nope']);
    expect(inventory(config)).toEqual(before);
  });

  it.each(['change', 'tear-down'])(
    'are the same again at the end of the next run, if one was killed after %s',
    async (step) => {
      await using dir = await createTempDir();
      const config = join(dir.path, 'config');
      makeFiles(config);
      const before = inventory(config);
      await using killed = await startSimulate(config);
      await killed.play('set app.conf=two');
      await killed.play(step);
      killed.kill('SIGKILL');
      await killed.exited;
      expect(inventory(`${config}.before-simulate`)).toEqual(before);

      await using next = await startSimulate(config);
      // The volume goes on; only where it is gone its content has to be that of the files.
      expect(read(config, 'app.conf').trim()).toBe(step === 'tear-down' ? 'one' : 'two');
      expect(await next.stop()).toBe(0);
      expect(inventory(config)).toEqual(before);
    },
  );

  it('wait for a run without --keep', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeFiles(config);
    const before = inventory(config);
    await using first = await startSimulate(config, '--set=app.conf=two', '--keep');
    await first.stop();
    expect(read(config, 'app.conf')).toBe('two');
    await using second = await startSimulate(config, '--set=new=x', '--keep');
    await second.stop();
    expect([read(config, 'app.conf'), read(config, 'new')]).toEqual(['two', 'x']);
    await using last = await startSimulate(config);
    await last.stop();
    expect(inventory(config)).toEqual(before);
  });

  it('that others put there meanwhile stay, and so do those of before', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    makeFiles(config);
    const before = inventory(config);
    await using volume = await startSimulate(config);
    // As `sed -i` and many editors do: the link gives way to a file.
    rmSync(join(config, 'app.conf'));
    writeFileSync(join(config, 'app.conf'), 'edited');
    await volume.play('remove app.conf');
    await volume.play('tear-down');
    expect(await volume.stop()).toBe(0);
    expect((await volume.step('end')).note).toBe(
      `${config} keeps files that were put there meanwhile: app.conf; your own are in ${config}.before-simulate`,
    );
    expect(read(config, 'app.conf')).toBe('edited');
    expect(readdirSync(config)).toEqual(['app.conf']);
    expect(inventory(`${config}.before-simulate`)).toEqual(before);
  });
});

describe('a directory', () => {
  it.each(['missing', 'empty'])('that was %s is so again', async (kind) => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'etc', 'config');
    if (kind === 'empty') mkdirSync(config, { recursive: true });
    const before = readdirSync(dir.path, { recursive: true });
    for (const step of ['change', 'tear-down', 'crash']) {
      await using volume = await startSimulate(config);
      expect(readdirSync(config)).toEqual(expect.arrayContaining(['app.conf', 'limits.yaml']));
      await volume.play(step);
      expect(await volume.stop()).toBe(0);
    }
    expect(readdirSync(dir.path, { recursive: true })).toEqual(before);
  });

  it('that was a volume goes on with its content, and has it again', async () => {
    await using dir = await createTempDir();
    const config = join(dir.path, 'config');
    await using first = await startSimulate(config, '--set=app.conf=one', '--keep');
    await first.stop();
    const link = readlinkSync(join(config, '..data'));

    await using second = await startSimulate(config);
    expect(readlinkSync(join(config, '..data'))).toBe(link);
    await second.play('set app.conf=two');
    await second.play('add');
    await second.play('tear-down');
    await second.stop();
    expect(read(config, 'app.conf')).toBe('one');
    expect(readdirSync(join(config, '..data'))).toEqual(['app.conf']);
  });
});
