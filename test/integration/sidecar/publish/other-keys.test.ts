import { chmodSync, chownSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { asUser, otherUsers } from '../../../support/abilities.ts';
import { createKubeletVolume } from '../../../support/kubelet-volume.ts';
import { startRehup } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';
import { waitFor } from '../../../support/wait-for.ts';

const ALONE = { REHUP_ACTION: 'none', REHUP_EXCLUDE: '*.md', REHUP_VALIDATE: '*.json=json' };

describe('keys that do not count', () => {
  it('are published when they change, and nobody is told', async () => {
    await using volume = await createKubeletVolume();
    await using published = await createTempDir('rehup-published-');
    await volume.write({ 'app.json': '{}', 'notes.md': 'one' });
    const env = { ...ALONE, REHUP_WATCH: volume.root, REHUP_PUBLISH: published.path };
    await using rehup = await startRehup({ env });
    await rehup.line({ msg: 'published' });
    const seen = (key: string): string => readFileSync(join(published.path, key), 'utf8');
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
    await using published = await createTempDir('rehup-published-');
    await volume.write({ 'app.json': '{}', 'notes.md': 'one' });
    const env = { ...ALONE, REHUP_WATCH: volume.root, REHUP_PUBLISH: published.path };
    await using rehup = await startRehup({ env });
    await rehup.line({ msg: 'published' });
    await volume.write({ 'app.json': '{', 'notes.md': 'one' });
    await rehup.line({ msg: 'held' });
    await volume.write({ 'app.json': '{', 'notes.md': 'two' });
    await volume.write({ 'app.json': '{"b":1}', 'notes.md': 'three' });
    await rehup.line({ msg: 'published', changed: ['app.json'] });
    const seen = (key: string): string => readFileSync(join(published.path, key), 'utf8');
    expect([seen('app.json'), seen('notes.md')]).toEqual(['{"b":1}', 'three']);
  });

  it.skipIf(otherUsers.missing)(
    `have to be readable, since they are published, and are once the remedy is applied${otherUsers.note}`,
    async () => {
      await using volume = await createKubeletVolume({ modes: { 'notes.md': 0o400 } });
      await using published = await createTempDir('rehup-published-');
      chownSync(published.path, 4002, 4002);
      await volume.write({ 'app.json': '{}', 'notes.md': 'one' });
      const env = { ...ALONE, REHUP_WATCH: volume.root, REHUP_PUBLISH: published.path };
      await using rehup = await startRehup({ prefix: asUser(4002), env });
      const closed = await rehup.line({ outcome: 'not-permitted' });
      expect(closed.reason).toBe(
        `the key notes.md of ${volume.root} cannot be read: EACCES (mode 0400, owner 0:0), and all keys are published`,
      );
      expect(closed.remedy).toContain('mode: 0444 on an item that has a mode');
      expect(closed.remedy).not.toContain('REHUP_EXCLUDE');
      chmodSync(join(volume.root, 'notes.md'), 0o444);
      await rehup.line({ msg: 'published' });
      expect(readFileSync(join(published.path, 'notes.md'), 'utf8')).toBe('one');
    },
  );
});
