import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
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
});
