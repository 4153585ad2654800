import { describe, expect, it } from 'vitest';
import {
  type Applied,
  createMemory,
  type Remembered,
} from '../../../../src/sidecar/rule/memory.ts';
import type { RuleParts } from '../../../../src/sidecar/rule/rule.ts';
import { createRuleScene, fail, MOUNT, type RuleScene } from '../../../support/rule-scene.ts';

/** An action that reaches the app without a process, as an HTTP request does. */
function createHttpScene(parts: Partial<RuleParts> = {}): RuleScene {
  const scene = createRuleScene(parts, { kind: 'http', needsTarget: false });
  scene.setResolution({ failure: fail('no-target') });
  scene.write({ 'a.conf': '1' });
  scene.begin();
  return scene;
}

/** What a run without any trouble leaves behind. */
async function rememberRun(): Promise<Applied> {
  const saved: Remembered[] = [];
  const memory = createMemory({}, (all) => saved.push(structuredClone(all)));
  await createHttpScene({ memory }).look('start');
  return saved.at(-1)?.['default'] ?? { mounts: {}, targets: [] };
}

describe('an action that needs no process', () => {
  it('is carried out without one', async () => {
    const scene = createHttpScene();
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toEqual({ acted: true });
    expect(scene.decisions).toMatchObject([{ action: 'http', outcome: 'reloaded', targets: [] }]);
  });

  it.each([
    { missed: true, outcomes: ['reloaded'] },
    { missed: false, outcomes: [] },
  ])('is carried out at the start if the app may have missed the content: $missed', async (row) => {
    const scene = createHttpScene({ mayHaveMissed: () => row.missed });
    await scene.look('start');
    expect(scene.outcomes()).toEqual(row.outcomes);
    expect(scene.counted.applied).toBe(1);
  });

  it('is carried out again when content is taken back that failed half-way', async () => {
    const scene = createHttpScene();
    scene.failNext(fail('timed-out'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    scene.write({ 'a.conf': '1' });
    expect(await scene.look()).toEqual({ acted: true });
  });

  it('is not needed when content is taken back before it was carried out', async () => {
    const scene = createHttpScene();
    scene.setObstacle(fail('not-ready'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    scene.write({ 'a.conf': '1' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['not-ready', 'superseded', 'already-current']);
  });
});

describe('what is remembered from an earlier run', () => {
  it('is the hash of each mount', async () => {
    const { mounts } = await rememberRun();
    expect(mounts).toEqual({ [MOUNT]: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });

  it('settles that nothing was missed, whatever the times on disk say', async () => {
    const memory = createMemory({ default: await rememberRun() });
    const scene = createHttpScene({ memory, mayHaveMissed: () => true });
    await scene.look('start');
    expect(scene.outcomes()).toEqual([]);
  });

  it('settles that something was missed', async () => {
    const remembered = { mounts: { [MOUNT]: 'other' }, targets: [] };
    const scene = createHttpScene({ memory: createMemory({ default: remembered }) });
    await scene.look('start');
    expect(scene.outcomes()).toEqual(['reloaded']);
  });

  it('is forgotten while the app may hold either content', async () => {
    const saved: unknown[] = [];
    const memory = createMemory({}, ({ default: applied }) => saved.push(applied?.mounts[MOUNT]));
    const scene = createHttpScene({ memory });
    scene.failNext(fail('timed-out'));
    scene.write({ 'a.conf': '2' });
    const { retryInMs = 0 } = await scene.look();
    await scene.clock.advance(retryInMs);
    await scene.look('retry');
    expect(saved).toEqual([expect.any(String), undefined, expect.any(String)]);
    expect(saved[0]).not.toBe(saved[2]);
  });
});
