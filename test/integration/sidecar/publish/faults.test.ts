import { mkdirSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execaSync } from 'execa';
import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../../support/abilities.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startProgram } from '../../../support/start-program.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const { missing, note } = pidNamespaces;

/** An app that watches by itself, and of which nothing is to be seen. */
const ALONE = { REHUP_ACTION: 'none', REHUP_TARGET: 'name:nobody-has-this-name' };
const READER = fileURLToPath(new URL('../../../support/programs/reads-volume.ts', import.meta.url));

/** One line, as many times as it says itself. */
function textOf(round: number): string {
  return `round-${round} 64\n`.repeat(64);
}

describe('publishing', () => {
  it('shows a reader no half of a file and no two generations, whenever rehup is killed', async () => {
    await using volume = await createKubeletVolume();
    await using dir = await createTempDir();
    const published = join(dir.path, 'published');
    const keys = Array.from({ length: 5 }, (_, index) => `key-${index}`);
    const write = async (round: number): Promise<void> => {
      await volume.write(Object.fromEntries(keys.map((key) => [key, textOf(round)])));
    };
    const env = {
      ...ALONE,
      REHUP_WATCH: volume.root,
      REHUP_PUBLISH: published,
      REHUP_PUBLISH_AS: 'key-4=files',
      REHUP_SETTLE: '1ms',
    };
    await write(0);
    await using first = await startRehup({ env });
    await first.line({ msg: 'published' });
    await first.stop();
    await using reader = await startProgram([process.execPath, READER, published, ...keys]);
    let round = 1;
    for (const pauses of [0, 3, 9, 1, 6]) {
      await using rehup = await startRehup({ env });
      await rehup.line({ msg: 'watching' });
      for (const last = round + 4 + pauses; round < last; round += 1) await write(round);
      rehup.kill('SIGKILL');
      await rehup.exited;
    }
    await using last = await startRehup({ env });
    const newest = textOf(round - 1);
    await waitFor('the newest content', () =>
      keys.every((key) => readFileSync(join(published, key), 'utf8') === newest),
    );
    await last.stop();
    reader.say('end');
    const found = JSON.parse(await reader.line(/^\{/)) as Record<string, number>;
    expect(found).toMatchObject({ torn: 0, mixed: 0, missing: 0 });
    expect(found['generations']).toBeGreaterThan(1);
    const own = readdirSync(published).filter((name) => name.startsWith('..'));
    expect(own.filter((name) => /^\.\.\d/.test(name)).length).toBeLessThanOrEqual(2);
  });

  it.skipIf(missing)(`keeps what is published whole where the disk is full${note}`, async () => {
    await using volume = await createKubeletVolume();
    await using dir = await createTempDir();
    const published = join(dir.path, 'published');
    mkdirSync(published);
    await volume.write({ a: 'one', b: 'one' });
    const mounts = `mount -t tmpfs -o size=64k tmpfs '${published}' && exec "$@"`;
    await using rehup = await startRehup({
      env: { ...ALONE, REHUP_WATCH: volume.root, REHUP_PUBLISH: published },
      prefix: ['unshare', '--mount', '/bin/sh', '-c', mounts, 'rehup'],
    });
    await rehup.line({ msg: 'published' });
    const seen = (key: string): string =>
      readFileSync(`/proc/${rehup.pid}/root${published}/${key}`, 'utf8');
    await volume.write({ a: 'two', b: 'x'.repeat(100_000) });
    const full = await rehup.line({ outcome: 'not-ready' });
    expect(full.reason).toBe(
      `there is no room left in ${published} (ENOSPC); what is published stays as it is`,
    );
    expect([seen('a'), seen('b')]).toEqual(['one', 'one']);
    await volume.write({ a: 'three', b: 'three' });
    await rehup.line({ msg: 'published', changed: ['a', 'b'] });
    expect([seen('a'), seen('b')]).toEqual(['three', 'three']);
  });

  it.skipIf(missing)(
    `says that nothing can be written, and goes on when it can${note}`,
    async () => {
      await using volume = await createKubeletVolume();
      await using dir = await createTempDir();
      const published = join(dir.path, 'published');
      mkdirSync(published);
      await volume.write({ a: 'one' });
      await using rehup = await startRehup({
        env: { ...ALONE, REHUP_WATCH: volume.root, REHUP_PUBLISH: published },
        prefix: [
          'unshare',
          '--mount',
          '/bin/sh',
          '-c',
          `mount -t tmpfs tmpfs '${published}' && exec "$@"`,
          'rehup',
        ],
      });
      await rehup.line({ msg: 'published' });
      const remount = (how: 'ro' | 'rw'): void => {
        const command = ['mount', '-o', `remount,${how}`, published];
        execaSync('nsenter', [`--target=${rehup.pid}`, '--mount', ...command]);
      };
      remount('ro');
      await volume.write({ a: 'two' });
      const closed = await rehup.line({ outcome: 'not-permitted' });
      expect(closed.reason).toBe(`${published} cannot be written: EROFS`);
      remount('rw');
      await rehup.line({ msg: 'published', changed: ['a'] });
      expect(readFileSync(`/proc/${rehup.pid}/root${published}/a`, 'utf8')).toBe('two');
    },
  );

  it('shows the content again that somebody has removed', async () => {
    await using volume = await createKubeletVolume();
    await using dir = await createTempDir();
    const published = join(dir.path, 'published');
    await volume.write({ a: 'one' });
    const env = { ...ALONE, REHUP_WATCH: volume.root, REHUP_PUBLISH: published };
    await using first = await startRehup({ env });
    await first.line({ msg: 'published' });
    rmSync(realpathSync(join(published, '..data')), { recursive: true });
    await volume.write({ a: 'two' });
    await first.line({ msg: 'published', changed: ['a'] });
    expect(readFileSync(join(published, 'a'), 'utf8')).toBe('two');
    await first.stop();
    rmSync(realpathSync(join(published, '..data')), { recursive: true });
    await using next = await startRehup({ env });
    await next.line({ msg: 'published' });
    expect(readFileSync(join(published, 'a'), 'utf8')).toBe('two');
  });
});
