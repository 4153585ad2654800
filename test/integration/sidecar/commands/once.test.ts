import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { programCommand, startProgram, uniqueName } from '../../../support/start-program.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { nextMoment } from '../../../support/uptime.ts';

describe('rehup once', () => {
  it('leaves with 0 after the first reload that succeeded', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await nextMoment();
    const name = uniqueName();
    await using app = await startProgram(
      programCommand('handler', name, `${volume.root}/app.conf`),
    );
    await using rehup = await startRehup({
      argv: ['once'],
      env: { REHUP_WATCH: volume.root, REHUP_TARGET: `name:${name}` },
    });
    await rehup.line({ outcome: 'already-current' });
    await volume.write({ 'app.conf': 'two' });
    await app.line('reloaded two');
    expect((await rehup.exited).code).toBe(0);
    expect(rehup.all({ msg: 'reloaded' })).toHaveLength(1);
  });

  it('leaves with 4 when the retries are used up', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.conf': 'one' });
    await using rehup = await startRehup({
      argv: ['once', '--retries=2'],
      env: { REHUP_WATCH: volume.root, REHUP_TARGET: `name:${uniqueName()}` },
    });
    await rehup.line({ msg: 'watching' });
    await volume.write({ 'app.conf': 'two' });
    expect((await rehup.exited).code).toBe(4);
    expect(rehup.all({ outcome: 'no-target', msg: 'reload failed' })).toHaveLength(3);
  });
});

async function publishOnce(
  source: string,
  publish: string,
): Promise<{ code: unknown; held: number }> {
  await using rehup = await startRehup({
    argv: ['once'],
    env: {
      REHUP_WATCH: source,
      REHUP_PUBLISH: publish,
      REHUP_VALIDATE: '*.json=json',
      REHUP_ACTION: 'none',
    },
  });
  const { code } = await rehup.exited;
  return { code, held: rehup.all({ msg: 'held' }).length };
}

describe('rehup once that publishes', () => {
  it('leaves with 0 each time that the init containers of a pod run, also with content that is held since', async () => {
    await using volume = await createKubeletVolume();
    await using published = await createTempDir('rehup-published-');
    await volume.write({ 'app.json': '{}' });
    expect(await publishOnce(volume.root, published.path)).toEqual({ code: 0, held: 0 });
    expect(await publishOnce(volume.root, published.path)).toEqual({ code: 0, held: 0 });
    await volume.write({ 'app.json': '{' });
    expect(await publishOnce(volume.root, published.path)).toEqual({ code: 0, held: 1 });
    expect(await readFile(join(published.path, 'app.json'), 'utf8')).toBe('{}');
  });

  it('leaves with 4 where nothing is published yet, and the content is held', async () => {
    await using volume = await createKubeletVolume();
    await using published = await createTempDir('rehup-published-');
    await volume.write({ 'app.json': '{' });
    expect(await publishOnce(volume.root, published.path)).toEqual({ code: 4, held: 1 });
  });

  it('leaves once every rule has published', async () => {
    await using one = await createKubeletVolume();
    await using two = await createKubeletVolume();
    await using published = await createTempDir('rehup-published-');
    await one.write({ a: 'one' });
    await two.write({ b: 'two' });
    const rule = (name: string, source: string): object => ({
      name,
      watch: source,
      publish: join(published.path, name),
    });
    const rules = [rule('one', one.root), rule('two', two.root)];
    const config = join(published.path, 'rehup.yaml');
    await writeFile(config, JSON.stringify({ rules }));
    const env = { REHUP_ACTION: 'none' };
    await using rehup = await startRehup({ argv: ['once', `--config=${config}`], env });
    expect((await rehup.exited).code).toBe(0);
    expect(rehup.all({ msg: 'published' }).map((line) => line['rule'])).toEqual(['one', 'two']);
  });
});
