import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createReloadScene } from '../../support/reload-scene.ts';
import { programCommand, startProgram, uniqueName } from '../../support/start-program.ts';
import { createTempDir } from '../../support/temp-dir.ts';

/** A second process of the same name, which the first one is older than. */
async function startTwin(name: string, file: string): ReturnType<typeof startProgram> {
  return await startProgram(programCommand('handler', name, file));
}

describe('the target that rehup is told', () => {
  it('may have a name longer than the kernel keeps, told from one with the same beginning', async () => {
    const stem = uniqueName('long');
    await using scene = await createReloadScene({
      app: ({ file }) => programCommand('handler', `${stem}-to-be-reloaded`, file),
      env: { REHUP_TARGET: `name:${stem}-to-be-reloaded` },
    });
    await using twin = await startTwin(`${stem}-to-be-left`, `${scene.volume.root}/app.conf`);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(twin.lines).toEqual(['ready']);
  });

  it('may be a regular expression for the command line', async () => {
    await using scene = await createReloadScene({
      env: ({ name }) => ({ REHUP_TARGET: `cmdline:^${name}` }),
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it('is refused while two processes match, and found once one of them has ended', async () => {
    await using scene = await createReloadScene();
    await using twin = await startTwin(scene.name, `${scene.volume.root}/app.conf`);
    await scene.volume.write({ 'app.conf': 'two' });
    const failed = await scene.rehup.line({ outcome: 'ambiguous-target' });
    expect(failed.reason).toContain(`${scene.name} (${scene.app.pid})`);
    expect(failed.reason).toContain(`${scene.name} (${twin.pid})`);
    expect(failed.remedy).toContain('REHUP_SELECT=oldest or all');
    twin.kill('SIGKILL');
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(twin.lines).toEqual(['ready']);
  });

  it('is the oldest of several matches, if it is told so', async () => {
    await using scene = await createReloadScene({ env: { REHUP_SELECT: 'oldest' } });
    await using twin = await startTwin(scene.name, `${scene.volume.root}/app.conf`);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    const { target } = await scene.rehup.line({ msg: 'reloaded' });
    expect(target).toBe(`${scene.name} (${scene.app.pid})`);
    expect(twin.lines).toEqual(['ready']);
  });

  it('is each of several matches, if it is told so', async () => {
    await using scene = await createReloadScene({ env: { REHUP_SELECT: 'all' } });
    await using twin = await startTwin(scene.name, `${scene.volume.root}/app.conf`);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    await twin.line('reloaded two');
    const { target } = await scene.rehup.line({ msg: 'reloaded' });
    expect([target].flat()).toHaveLength(2);
  });
});

describe('a pid file', () => {
  it('leads to the process that it names', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'app.pid');
    await using scene = await createReloadScene({
      env: ({ pid }) => {
        writeFileSync(path, `${pid}\nmore\n`);
        return { REHUP_TARGET: `pidfile:${path}` };
      },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it('that is missing, empty, or older than its process leads to nobody, and is said', async () => {
    await using dir = await createTempDir();
    const path = join(dir.path, 'app.pid');
    await using scene = await createReloadScene({
      env: ({ pid }) => {
        writeFileSync(path, `${pid}\n`);
        return { REHUP_TARGET: `pidfile:${path}` };
      },
    });
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, longAgo, longAgo);
    await scene.volume.write({ 'app.conf': 'two' });
    const stale = await scene.rehup.line({ outcome: 'no-target' });
    expect(stale.reason).toBe(
      `${path} is stale: the process that it names started after it was written`,
    );
    rmSync(path);
    await scene.rehup.line({ outcome: 'no-target', reason: `${path} cannot be read: ENOENT` });
    writeFileSync(path, '');
    await scene.rehup.line({ outcome: 'no-target', reason: `${path} holds no pid` });
    writeFileSync(path, `${scene.app.pid}\n`);
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.app.lines).toEqual(['ready', 'reloaded two']);
  });
});
