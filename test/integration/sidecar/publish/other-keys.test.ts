import { chmodSync, chownSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asUser, otherUsers } from '../../../support/abilities.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

/** Neither root nor rehup's usual one. */
const USER = 4002;
const ALONE = { REHUP_ACTION: 'none', REHUP_EXCLUDE: '*.md', REHUP_VALIDATE: '*.json=json' };

/** What the app sees, of a volume that is published as it is by somebody else than root where that matters. */
async function startPublishing(source: string, prefix: readonly string[] = [], more = {}) {
  await using owned = new AsyncDisposableStack();
  const published = owned.use(await createTempDir('rehup-published-'));
  if (prefix.length > 0) chownSync(published.path, USER, USER);
  const env = { ...ALONE, ...more, REHUP_WATCH: source, REHUP_PUBLISH: published.path };
  const rehup = owned.use(await startRehup({ env, prefix }));
  const seen = (key: string): string => readFileSync(join(published.path, key), 'utf8');
  const kept = owned.move();
  return { rehup, seen, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

describe('keys that do not count', () => {
  it('are published when they change, and nobody is told', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.json': '{}', 'notes.md': 'one' });
    await using scene = await startPublishing(volume.root);
    const { rehup, seen } = scene;
    await rehup.line({ msg: 'published' });
    expect(seen('notes.md')).toBe('one');

    await volume.write({ 'app.json': '{}', 'notes.md': 'two' });
    await waitFor('the new notes', () => seen('notes.md') === 'two');
    await volume.write({ 'app.json': '{"a":1}', 'notes.md': 'three' });
    await waitFor('both', () => seen('app.json') === '{"a":1}' && seen('notes.md') === 'three');
    await rehup.line({ msg: 'published', changed: ['app.json'] });
    expect(rehup.all({ msg: 'published' })).toHaveLength(2);
  });

  it('wait for those that count, where these are held', async () => {
    await using volume = await createKubeletVolume();
    await volume.write({ 'app.json': '{}', 'notes.md': 'one' });
    await using scene = await startPublishing(volume.root);
    const { rehup, seen } = scene;
    await rehup.line({ msg: 'published' });
    await volume.write({ 'app.json': '{', 'notes.md': 'one' });
    await rehup.line({ msg: 'held' });
    await volume.write({ 'app.json': '{', 'notes.md': 'two' });
    await volume.write({ 'app.json': '{"b":1}', 'notes.md': 'three' });
    await rehup.line({ msg: 'published', changed: ['app.json'] });
    expect([seen('app.json'), seen('notes.md')]).toEqual(['{"b":1}', 'three']);
  });

  it.skipIf(otherUsers.missing)(
    `have to be readable, since they are published, and are once the remedy is applied${otherUsers.note}`,
    async () => {
      await using volume = await createKubeletVolume({ modes: { 'notes.md': 0o400 } });
      await volume.write({ 'app.json': '{}', 'notes.md': 'one' });
      await using scene = await startPublishing(volume.root, asUser(USER));
      const { rehup, seen } = scene;
      const closed = await rehup.line({ outcome: 'not-permitted' });
      expect(closed.reason).toBe(
        `the key notes.md of ${volume.root} cannot be read: EACCES (mode 0400, owner 0:0), and all keys are published`,
      );
      expect(closed.remedy).toContain('mode: 0444 on an item that has a mode');
      expect(closed.remedy).not.toContain('REHUP_EXCLUDE');
      chmodSync(join(volume.root, 'notes.md'), 0o444);
      await rehup.line({ msg: 'published' });
      expect(seen('notes.md')).toBe('one');
    },
  );

  it.skipIf(otherUsers.missing)(
    `are named as a directory, where that is closed${otherUsers.note}`,
    async () => {
      await using source = await createTempDir();
      const closed = join(source.path, 'old');
      mkdirSync(closed, { mode: 0o700 });
      chmodSync(source.path, 0o755);
      writeFileSync(join(source.path, 'app.json'), '{}');
      const only = { REHUP_EXCLUDE: '', REHUP_INCLUDE: 'app.json' };
      await using scene = await startPublishing(source.path, asUser(USER), only);
      const { reason } = await scene.rehup.line({ outcome: 'not-permitted' });
      expect(reason).toContain(`the key old of ${source.path} cannot be read: EACCES (mode 0700`);
      chmodSync(closed, 0o755);
      await scene.rehup.line({ msg: 'published' });
      expect(scene.seen('app.json')).toBe('{}');
    },
  );
});
