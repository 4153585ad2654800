// Files that the app may write to: the state directory, the pid file, what a request is made of.
import {
  lstatSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { createHttpScene } from '../../support/http-scene.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { runRehup } from '../../support/run-rehup.ts';
import { startRehup } from '../../support/start-rehup.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const kinds: [string, (path: string) => void, RegExp][] = [
  ['a pipe', (path) => void execaSync('mkfifo', [path]), /it is not a regular file$/],
  [
    'a link to a device without an end',
    (path) => symlinkSync('/dev/zero', path),
    /it is (?:not a regular file|a link, which others may have put there)$/,
  ],
  [
    'a file of 1 TiB',
    (path) => {
      writeFileSync(path, '', { mode: 0o600 });
      truncateSync(path, 2 ** 40);
    },
    /it is larger than \d+ KiB$/,
  ],
  [
    'a link to itself',
    (path) => symlinkSync('self', path),
    /ELOOP$|ENOENT$|it is a link, which others may have put there$/,
  ],
];

describe('the state file', () => {
  it.for(kinds)('is replaced where it is %s', async ([, make, reason]) => {
    await using state = await createTempDir();
    const path = join(state.path, 'rehup-state.json');
    make(path);
    await using scene = await createReloadScene({ env: { REHUP_STATE_DIR: state.path } });
    const problems = scene.rehup.all({ msg: 'going on without' });
    // A link that leads nowhere is no file.
    for (const problem of problems) expect(problem.reason).toMatch(reason);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(lstatSync(path).isFile()).toBe(true);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ format: 1 });
  });

  it('is not written through a link that others have put there', async () => {
    await using state = await createTempDir();
    const victim = join(state.path, 'victim');
    writeFileSync(victim, 'untouched', { mode: 0o644 });
    symlinkSync(victim, join(state.path, 'rehup-state.json.tmp'));
    await using scene = await createReloadScene({ env: { REHUP_STATE_DIR: state.path } });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(readFileSync(victim, 'utf8')).toBe('untouched');
    const stats = lstatSync(join(state.path, 'rehup-state.json'));
    expect({ isFile: stats.isFile(), mode: stats.mode & 0o777 }).toEqual({
      isFile: true,
      mode: 0o600,
    });
  });

  it('may be missing where a directory is in the place of the socket', async () => {
    await using state = await createTempDir();
    mkdirSync(join(state.path, 'rehup.sock'));
    await using scene = await createReloadScene({ env: { REHUP_STATE_DIR: state.path } });
    expect(scene.rehup.all({ msg: 'not listening' })).toHaveLength(1);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.rehup.line({ msg: 'reloaded' });
  });
});

describe('a pid file', () => {
  it.for(kinds)('is refused where it is %s', async ([, make, reason]) => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'app.pid');
    make(path);
    await using scene = await createHttpScene();
    await using rehup = await startRehup({
      env: { REHUP_WATCH: scene.volume.root, REHUP_TARGET: `pidfile:${path}` },
    });
    const refused = await rehup.line({ outcome: 'no-target' });
    expect(refused.reason).toMatch(reason);
    expect(await rehup.stop()).toBe(0);
  });
});

describe('a link that others have put there', () => {
  it('to a secret of digits leads nowhere, and shows nothing of it', async () => {
    await using dir = await createTempDir();
    const secret = join(dir.path, 'pin');
    writeFileSync(secret, '4716552091\n');
    const path = join(dir.path, 'app.pid');
    symlinkSync(secret, path);
    await using scene = await createHttpScene();
    const env = { REHUP_WATCH: scene.volume.root, REHUP_TARGET: `pidfile:${path}` };
    await using rehup = await startRehup({ env: { ...env, REHUP_LOG_LEVEL: 'debug' } });
    const refused = await rehup.line({ outcome: 'no-target' });
    expect(refused.reason).toBe(
      `${path} cannot be read: it is a link, which others may have put there`,
    );
    const { stdout } = await runRehup(['doctor'], env);
    expect(`${JSON.stringify(rehup.lines)}${stdout}`).not.toContain('4716552091');
  });

  it('in a directory above it, too, shows nothing of it', async () => {
    await using dir = await createTempDir();
    const secrets = join(dir.path, 'secrets');
    mkdirSync(secrets);
    writeFileSync(join(secrets, 'app.pid'), '4716552091\n');
    symlinkSync(secrets, join(dir.path, 'run'));
    const path = join(dir.path, 'run', 'app.pid');
    await using scene = await createHttpScene();
    const env = { REHUP_WATCH: scene.volume.root, REHUP_TARGET: `pidfile:${path}` };
    await using rehup = await startRehup({ env: { ...env, REHUP_LOG_LEVEL: 'debug' } });
    const refused = await rehup.line({ outcome: 'no-target' });
    expect(refused.reason).toBe(`${path} names no live process of another container`);
    const { stdout } = await runRehup(['doctor'], env);
    expect(`${JSON.stringify(rehup.lines)}${stdout}`).not.toContain('4716552091');
  });

  it('in the place of the socket is not followed', async () => {
    await using state = await createTempDir();
    await using real = await createReloadScene({ env: { REHUP_STATE_DIR: state.path } });
    await using other = await createTempDir();
    symlinkSync(join(state.path, 'rehup.sock'), join(other.path, 'rehup.sock'));
    const env = { REHUP_STATE_DIR: other.path, REHUP_LISTEN: 'off' };
    const { exitCode, stderr } = await runRehup(['trigger'], env);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 4,
      stderr: expect.stringContaining('it is a link, which others may have put there'),
    });
    expect(real.rehup.all({ msg: 'reloaded' })).toHaveLength(0);
  });
});

describe('a file of a request', () => {
  it.for(kinds)('is refused where it is %s', async ([, make, reason]) => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'file');
    make(path);
    await using scene = await createHttpScene();
    for (const env of [{ REHUP_BEARER_FILE: path }, { REHUP_BODY: `@${path}` }]) {
      await using rehup = await startRehup({
        env: { REHUP_WATCH: scene.volume.root, REHUP_URL: scene.app.url, ...env },
      });
      const refused = await rehup.line({ outcome: 'unreachable' });
      expect(refused.reason).toMatch(reason);
      expect(await rehup.stop()).toBe(0);
    }
    expect(scene.app.requests).toEqual([]);
  });
});

describe('a configuration file', () => {
  it.for(kinds.slice(0, 3))('is refused where it is %s', async ([, make, reason]) => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'rehup.yaml');
    make(path);
    await using refused = await startRehup({
      env: { REHUP_CONFIG: path },
      stderr: /the configuration cannot be used/,
    });
    expect((await refused.exited).code).toBe(2);
    expect(refused.stderr.join('\n')).toMatch(new RegExp(reason.source.replace('$', '')));
  });
});
