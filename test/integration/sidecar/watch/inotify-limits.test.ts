import { describe, expect, it } from 'vitest';
import { userNamespaces } from '../../../support/abilities.ts';
import { createReloadScene } from '../../../support/reload-scene.ts';

/** The limits of a user namespace bind those in it, and nobody else on the machine. */
function limited(limit: 'instances' | 'watches', count: number): string[] {
  const script = `echo ${count} > /proc/sys/user/max_inotify_${limit}; exec "$@"`;
  return ['unshare', '--user', '--map-root-user', '/bin/sh', '-c', script, 'sh'];
}

describe.skipIf(userNamespaces.missing)(`exhausted inotify${userNamespaces.note}`, () => {
  it.for([
    ['instances', 'EMFILE', 'fs.inotify.max_user_instances'],
    ['watches', 'ENOSPC', 'fs.inotify.max_user_watches'],
  ] as const)('falls back to polling without %s, names the sysctl, and reloads', async (row) => {
    const [limit, code, sysctl] = row;
    await using scene = await createReloadScene({
      prefix: { rehup: limited(limit, 0) },
      env: { REHUP_POLL: '100ms' },
    });
    const [notice, ...others] = scene.rehup.all({ msg: 'watch mode set' });
    expect(others).toEqual([]);
    expect(notice).toMatchObject({ level: 'warn', mode: 'poll' });
    expect(notice?.reason).toContain(code);
    expect(notice?.remedy).toContain(sysctl);
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.rehup.all({ source: 'inotify' })).toEqual([]);
    expect(await scene.rehup.stop()).toBe(0);
  });

  it('polls though inotify alone is asked for: nothing would be seen otherwise', async () => {
    await using scene = await createReloadScene({
      prefix: { rehup: limited('watches', 0) },
      env: { REHUP_WATCH_MODE: 'inotify', REHUP_POLL: '100ms' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.rehup.all({ msg: 'watch mode set' })).toMatchObject([{ mode: 'poll' }]);
  });
});

describe('the watch mode', () => {
  it('poll uses no inotify, and reloads', async () => {
    await using scene = await createReloadScene({
      env: { REHUP_WATCH_MODE: 'poll', REHUP_POLL: '100ms' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.rehup.all({ msg: 'watch mode set' })).toMatchObject([{ mode: 'poll' }]);
    expect(scene.rehup.all({ source: 'inotify' })).toEqual([]);
  });

  it('inotify asks nothing of the poll', async () => {
    await using scene = await createReloadScene({ env: { REHUP_WATCH_MODE: 'inotify' } });
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.line('reloaded two');
    await scene.rehup.line({ msg: 'reloaded' });
    expect(scene.rehup.all({ source: 'poll' })).toEqual([]);
  });
});
