import { describe, expect, it } from 'vitest';
import { status } from '../../support/http-app.ts';
import { createHttpScene } from '../../support/http-scene.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { createReloadScene } from '../../support/reload-scene.ts';
import { waitFor } from '../../support/wait-for.ts';

describe('one reload per update', () => {
  it('joins changes of several mounts into one reload', async () => {
    await using second = await createKubeletVolume();
    await second.write({ key: 'one' });
    await using first = await createKubeletVolume();
    await first.write({ key: 'one' });
    await using scene = await createReloadScene({
      env: { REHUP_WATCH: `${first.root},${second.root}`, REHUP_SETTLE: '1s' },
    });
    // However long the updates take, it sees them one right after the other.
    scene.rehup.kill('SIGSTOP');
    await first.write({ key: 'two' });
    await second.write({ key: 'two' });
    scene.rehup.kill('SIGCONT');
    const reloaded = await scene.rehup.line({ msg: 'reloaded' });
    expect(new Set([reloaded.mount].flat())).toEqual(new Set([first.root, second.root]));
    expect(reloaded.changed).toEqual([reloaded.mount].flat().map((mount) => `${mount}/key`));
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.lines).toEqual(['ready', 'reloaded one']);
  });

  it('takes the end of the update of one mount for no end where there are others', async () => {
    await using first = await createKubeletVolume();
    await first.write({ key: 'one' });
    await using second = await createKubeletVolume();
    await second.write({ key: 'one' });
    await using scene = await createReloadScene({
      env: {
        REHUP_WATCH: `${first.root},${second.root}`,
        REHUP_SETTLE: '1h',
        REHUP_SETTLE_MAX: '2h',
      },
    });
    const { rehup } = scene;
    for (const volume of [first, second]) {
      await volume.write({ key: 'two' });
      // It has been seen that this update has ended.
      await waitFor('the end of the update', () =>
        rehup
          .all({ msg: 'hint', mount: volume.root })
          .some((line) => /"complete":true/.test(JSON.stringify(line))),
      );
    }
    rehup.kill('SIGHUP');
    const { mount } = await rehup.line({ msg: 'reloaded' });
    expect(new Set([mount].flat())).toEqual(new Set([first.root, second.root]));
  });

  it('waits for no quiet window where the end of the update shows on disk', async () => {
    await using scene = await createReloadScene({
      env: { REHUP_SETTLE: '1h', REHUP_SETTLE_MAX: '2h' },
    });
    await scene.volume.write({ 'app.conf': 'two' });
    expect(await scene.rehup.line({ msg: 'reloaded' })).toMatchObject({ outcome: 'reloaded' });
  });

  it('reloads at the ceiling where several volumes change without cease', async () => {
    await using mine = await createKubeletVolume();
    await mine.write({ key: '0' });
    await using other = await createKubeletVolume();
    await other.write({ key: '0' });
    await using scene = await createReloadScene({
      env: {
        REHUP_WATCH: `${mine.root},${other.root}`,
        REHUP_SETTLE: '5s',
        REHUP_SETTLE_MAX: '6s',
      },
    });
    const { rehup } = scene;
    // Each change is seen before the next, far more often than once in a quiet window.
    for (let count = 1; rehup.all({ msg: 'reloaded' }).length === 0; count += 1) {
      await (count % 2 === 0 ? mine : other).write({ key: String(count) });
      await waitFor('the hint', () => rehup.all({ msg: 'hint' }).length >= count);
    }
    const { swap_to_reload_ms: age = Number.NaN } = await rehup.line({ msg: 'reloaded' });
    expect(age).toBeLessThan(5000);
  });

  it('joins the changes during a slow reload into exactly one more', async () => {
    await using scene = await createHttpScene();
    const pending: (() => void)[] = [];
    scene.app.answer((response) => pending.push(() => response.writeHead(200).end()));
    await scene.volume.write({ 'app.conf': 'two' });
    await scene.app.seen(1);
    for (const content of ['three', 'four', 'five']) {
      const before = scene.rehup.all({ source: 'inotify' }).length;
      await scene.volume.write({ 'app.conf': content });
      // Seen by rehup before the next one is written.
      await waitFor('the hint', () => scene.rehup.all({ source: 'inotify' }).length > before);
    }
    scene.app.answer(status(200));
    pending[0]?.();
    await scene.rehup.line({ msg: 'reloaded' });
    await scene.rehup.line({ msg: 'reloaded' });
    await scene.volume.write({ 'app.conf': 'six' });
    await scene.rehup.line({ msg: 'reloaded' });
    expect(await scene.rehup.stop()).toBe(0);
    expect(scene.app.requests).toHaveLength(3);
  });

  it('keeps the least time between two reloads', async () => {
    await using scene = await createReloadScene({ env: { REHUP_MIN_INTERVAL: '1s' } });
    await scene.volume.write({ 'app.conf': 'two' });
    const first = await scene.rehup.line({ msg: 'reloaded' });
    await scene.volume.write({ 'app.conf': 'three' });
    await scene.app.line('reloaded three');
    const second = await scene.rehup.line({ msg: 'reloaded' });
    expect(Date.parse(second.time) - Date.parse(first.time)).toBeGreaterThanOrEqual(990);
  });
});
