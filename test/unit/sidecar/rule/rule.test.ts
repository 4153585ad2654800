import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../../src/sidecar/rule/memory.ts';
import { buildSnapshot } from '../../../support/snapshot-builder.ts';
import { hashSnapshots } from '../../../../src/sidecar/snapshot/snapshot.ts';
import {
  buildApp,
  createRuleScene,
  createSettledScene,
  fail,
  MOUNT,
} from '../../../support/rule-scene.ts';

describe('the first look', () => {
  it('acts on nobody who started after the content was there', async () => {
    const scene = createRuleScene();
    scene.write({ a: '1' });
    await scene.clock.advance(5000);
    scene.setTargets(buildApp(scene.clock.uptime()));
    await scene.clock.advance(5000);
    scene.begin();
    expect(await scene.look('start')).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['already-current']);
    expect(scene.counted).toEqual({ updateSeen: 0, applied: 1 });
  });

  it('reloads an app that is older than the content: rehup was not there when it came', async () => {
    const scene = createRuleScene();
    await scene.clock.advance(5000);
    scene.write({ a: '2' });
    await scene.clock.advance(60_000);
    scene.begin();
    expect(scene.counted.applied).toBe(0);
    expect(await scene.look('start')).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['reloaded']);
    expect(scene.decisions[0]?.swapToReloadMs).toBeUndefined();
  });

  it('has nothing to say while the app is not running yet: it will read what is there', async () => {
    const scene = createRuleScene();
    scene.setResolution({ failure: fail('no-target') });
    scene.write({ a: '1' });
    scene.begin();
    expect(await scene.look('start')).toEqual({ acted: false });
    expect(await scene.look('retry')).toEqual({ acted: false });
    expect(scene.decisions).toEqual([]);
    expect(scene.counted.applied).toBe(1);
  });

  it('by itself acts on nobody', () => {
    const scene = createRuleScene();
    scene.write({ a: '1' });
    scene.begin();
    expect(scene.performed).toEqual([]);
    expect(scene.decisions).toEqual([]);
  });
});

describe('new content', () => {
  it('is reloaded once', async () => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(300);
    expect(await scene.look()).toEqual({ acted: true });
    expect(await scene.look()).toEqual({ acted: false });
    expect(await scene.look('poll')).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['reloaded', 'unchanged', 'unchanged']);
    expect(scene.performed).toHaveLength(1);
    expect(scene.counted).toEqual({ updateSeen: 1, applied: 1 });
  });

  it('is told by its changes, its hash, the target and the time since the swap', async () => {
    const scene = await createSettledScene();
    scene.write({ 'b.conf': '1' });
    await scene.clock.advance(300);
    await scene.look();
    const hash = hashSnapshots(new Map([[MOUNT, buildSnapshot({ 'b.conf': '1' })]]));
    const changes = new Map([[MOUNT, { added: ['b.conf'], changed: [], removed: ['a.conf'] }]]);
    expect(scene.decisions).toMatchObject([
      {
        rule: 'default',
        action: 'signal',
        outcome: 'reloaded',
        changes,
        hash,
        pending: false,
        swapToReloadMs: 300,
        tookMs: 0,
      },
    ]);
    expect(scene.decisions[0]?.targets.map(({ pid }) => pid)).toEqual([30]);
    expect(scene.performed).toMatchObject([{ changes, hash }]);
  });

  it('is the same content when only the swap is new', async () => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '1' });
    expect(await scene.look()).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['unchanged']);
    expect(scene.counted.updateSeen).toBe(0);
  });

  it('of keys that do not count reloads nothing', async () => {
    const scene = await createSettledScene({ counts: (_, key) => key === 'a.conf' });
    scene.write({ 'a.conf': '1', 'b.conf': '1' });
    await scene.look();
    await scene.look();
    expect(scene.outcomes()).toEqual(['filtered', 'unchanged']);
    expect(scene.performed).toEqual([]);
  });

  it('of several mounts is one reload, of the app that mounts those that changed', async () => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '2' });
    await scene.look();
    scene.write({ ca: '1' }, '/etc/tls');
    scene.write({ 'a.conf': '3' });
    await scene.look();
    const paths = scene.resolvedFor.slice(-2).map((watched) => watched.map(({ path }) => path));
    expect(paths).toEqual([[MOUNT], [MOUNT, '/etc/tls']]);
    expect(scene.performed).toHaveLength(2);
    expect([...(scene.performed[1]?.changes.keys() ?? [])].toSorted()).toEqual([MOUNT, '/etc/tls']);
  });

  it('of a mount that another rule watches is none of its business', async () => {
    const scene = await createSettledScene();
    scene.write({ a: '1' }, '/etc/other');
    await scene.look();
    expect(scene.outcomes()).toEqual(['unchanged']);
    expect(scene.counted.updateSeen).toBe(0);
  });

  it('waits in silence for a mount that cannot be read yet, and refuses a reload that is asked for', async () => {
    const scene = createRuleScene();
    scene.begin();
    await scene.look('start');
    await scene.look('retry');
    expect(scene.outcomes()).toEqual([]);
    await scene.look('signal', true);
    expect(scene.outcomes()).toEqual(['not-ready']);
    scene.write({ 'a.conf': '1' });
    await scene.look('poll');
    expect(scene.outcomes()).toEqual(['not-ready', 'reloaded']);
  });

  it('is not seen in a mount that cannot be read for a while', async () => {
    const scene = await createSettledScene();
    scene.lose(MOUNT);
    await scene.look('poll');
    scene.write({ 'a.conf': '1' });
    await scene.look('poll');
    expect(scene.performed).toEqual([]);
    expect(scene.counted.updateSeen).toBe(0);
  });

  it('is compared with what was applied last, however much came between', async () => {
    const scene = await createSettledScene();
    scene.failNext(fail('rejected'));
    scene.write({ 'a.conf': '1', 'b.conf': '1' });
    await scene.look();
    scene.write({ 'a.conf': '1', 'c.conf': '1' });
    await scene.look();
    const { changes } = scene.decisions.at(-1) ?? {};
    expect(changes?.get(MOUNT)).toEqual({ added: ['c.conf'], changed: [], removed: [] });
  });
});

describe('a target that is younger than the swap', () => {
  it('has read it already', async () => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(1000);
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.look();
    expect(scene.outcomes()).toEqual(['already-current']);
    expect(scene.performed).toEqual([]);
    expect(scene.counted).toEqual({ updateSeen: 1, applied: 1 });
  });

  it('is left alone when an older one beside it is not', async () => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(1000);
    const old = buildApp(1000, 31);
    scene.setTargets(buildApp(scene.clock.uptime()), old);
    await scene.look();
    expect(scene.performed.map(({ targets }) => targets)).toEqual([[old]]);
  });

  it('need not be younger than a swap of keys that do not count', async () => {
    const scene = await createSettledScene({ counts: (_, key) => key === 'a.conf' });
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(1000);
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.clock.advance(1000);
    scene.write({ 'a.conf': '2', 'b.conf': '1' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['reloaded']);
  });

  it('is told by the clock of the kernel, whatever the wall clock does', async () => {
    const scene = await createSettledScene();
    scene.write({ 'a.conf': '2' });
    scene.clock.stepWallClock(7_200_000);
    await scene.clock.advance(100);
    await scene.look();
    expect(scene.outcomes()).toEqual(['reloaded']);
  });
});

describe('a reload that is asked for', () => {
  it('acts though nothing changed and the target is current', async () => {
    const scene = await createSettledScene();
    expect(await scene.look('trigger', true)).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['reloaded']);
    expect(scene.counted.updateSeen).toBe(0);
  });

  it('does not wait for the time of the next attempt', async () => {
    const scene = await createSettledScene();
    scene.failNext(fail('rejected'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    expect(await scene.look('signal', true)).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['rejected', 'reloaded']);
  });
});

describe('a dry run', () => {
  it('goes the whole path but the action, once per content', async () => {
    const scene = await createSettledScene({ dryRun: true });
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toEqual({ acted: false });
    await scene.look();
    expect(scene.outcomes()).toEqual(['dry-run', 'unchanged']);
    expect(scene.performed).toEqual([]);
  });

  it('leaves nothing behind that a later real one would believe', async () => {
    const memory = createMemory();
    const scene = await createSettledScene({ dryRun: true, memory });
    const before = memory.recall('default');
    // Of a rule with mounts that were never read, nothing would be remembered anyway.
    scene.write({ 'a.conf': '2' });
    scene.write({ 'tls.crt': '1' }, '/etc/tls');
    await scene.look();
    expect(scene.outcomes()).toEqual(['dry-run']);
    expect(memory.recall('default')).toEqual(before);
  });

  it('shows what would stand against the action', async () => {
    const scene = await createSettledScene({ dryRun: true });
    scene.setObstacle(fail('no-handler'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['no-handler']);
  });
});
