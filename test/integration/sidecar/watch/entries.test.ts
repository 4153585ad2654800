import { chmodSync, chownSync, mkdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asUser, otherUsers } from '../../../support/abilities.ts';
import { createHttpApp } from '../../../support/http-app.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const UID = 4002;
const prefix = asUser(UID);

describe.skipIf(otherUsers.missing)(`an entry that rehup may not read${otherUsers.note}`, () => {
  it.for([
    ['by exclude', { REHUP_EXCLUDE: 'private.pem,closed/**' }],
    ['by include', { REHUP_INCLUDE: '*.conf' }],
  ] as const)('is of no concern where it is left out: %s', async ([, env]) => {
    await using volume = await createKubeletVolume({ modes: { 'private.pem': 0o400 } });
    await volume.write({ 'app.conf': 'one', 'private.pem': 'x' });
    await using dir = await createTempDir();
    chmodSync(dir.path, 0o755);
    mkdirSync(join(dir.path, 'closed'), { mode: 0o700 });
    writeFileSync(join(dir.path, 'plain.conf'), 'one');
    writeFileSync(join(dir.path, 'private.pem'), 'x', { mode: 0o600 });
    await using app = await createHttpApp();
    const watch = `${volume.root},${dir.path}`;
    await using rehup = await startRehup({
      prefix,
      env: { REHUP_WATCH: watch, REHUP_URL: app.url, REHUP_POLL: '200ms', ...env },
    });
    await rehup.line({ msg: 'reloaded' });
    await volume.write({ 'app.conf': 'two', 'private.pem': 'x' });
    expect((await rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    writeFileSync(join(dir.path, 'plain.conf'), 'two');
    expect((await rehup.line({ msg: 'reloaded' })).changed).toEqual(['plain.conf']);
    expect(rehup.all({ msg: 'mount cannot be read' })).toEqual([]);
  });

  it('is named with its key and mode, and a remedy for what the kubelet writes', async () => {
    await using volume = await createKubeletVolume({ modes: { 'private.pem': 0o400 } });
    await volume.write({ 'app.conf': 'one', 'private.pem': 'x' });
    await using rehup = await startRehup({
      prefix,
      env: { REHUP_WATCH: volume.root, REHUP_URL: 'http://127.0.0.1:9' },
    });
    const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'unreadable' });
    expect(problem.reason).toBe(
      `the key private.pem of ${volume.root} cannot be read: EACCES (mode 0400, owner 0:0)`,
    );
    expect(problem.remedy).toContain('fsGroup');
    expect(problem.remedy).toContain('mode: 0444 on an item');
    expect(problem.remedy).toContain('REHUP_EXCLUDE: "private.pem"');
  });

  it.for([
    { mode: 0o640, remedy: 'supplementalGroups: [4711]' },
    { mode: 0o600, remedy: 'chmod a+r' },
  ])('has another remedy where others write it: %o', async ({ mode, remedy }) => {
    await using dir = await createTempDir();
    chmodSync(dir.path, 0o755);
    mkdirSync(join(dir.path, 'sub'));
    const file = join(dir.path, 'sub/app.conf');
    writeFileSync(file, 'x');
    chmodSync(file, mode);
    chownSync(file, 0, 4711);
    await using rehup = await startRehup({
      prefix,
      env: { REHUP_WATCH: dir.path, REHUP_URL: 'http://127.0.0.1:9' },
    });
    const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'unreadable' });
    expect(problem.reason).toContain('the key sub/app.conf of');
    expect(problem.remedy).toContain(remedy);
    expect(problem.remedy).not.toContain('fsGroup');
    expect(problem.remedy).toContain('REHUP_EXCLUDE: "sub/app.conf"');
  });

  it('is a directory, which counts where a key below it could', async () => {
    await using dir = await createTempDir();
    chmodSync(dir.path, 0o755);
    mkdirSync(join(dir.path, 'conf.d'), { mode: 0o700 });
    await using rehup = await startRehup({
      prefix,
      env: { REHUP_WATCH: dir.path, REHUP_URL: 'http://127.0.0.1:9' },
    });
    const problem = await rehup.line({ msg: 'mount cannot be read', kind: 'unreadable' });
    expect(problem.reason).toContain('the key conf.d of');
  });
});

describe('a file that is left out', () => {
  it('is not read, however large it is', async () => {
    await using dir = await createTempDir();
    for (let at = 0; at < 40; at += 1) {
      writeFileSync(join(dir.path, `big-${at}`), '');
      truncateSync(join(dir.path, `big-${at}`), 60 * 1024 * 1024);
    }
    writeFileSync(join(dir.path, 'app.conf'), 'one');
    await using app = await createHttpApp();
    await using rehup = await startRehup({
      env: { REHUP_WATCH: dir.path, REHUP_URL: app.url, REHUP_EXCLUDE: 'big-*' },
    });
    await rehup.line({ msg: 'reloaded' });
    writeFileSync(join(dir.path, 'app.conf'), 'two');
    expect((await rehup.line({ msg: 'reloaded' })).changed).toEqual(['app.conf']);
    // Read, they would be more than what is compared in all.
    expect(rehup.all({ msg: 'mount cannot be read' })).toEqual([]);
  });
});
