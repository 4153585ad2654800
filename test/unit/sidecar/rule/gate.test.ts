import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import type { Told } from '../../../../src/sidecar/rule/gate.ts';
import { buildApp, createRuleScene, fail, type RuleScene } from '../../../support/rule-scene.ts';

const WAIT: Failure = {
  outcome: 'waiting',
  waits: true,
  reason: 'another pod tries it first',
  retryAfterMs: 2000,
};

type Gated = RuleScene & { asked: string[]; told: Told[]; answer: { now: Failure | undefined } };

/** A rule that has the first content, and a gate that says what the test wants. */
async function createGatedScene(): Promise<Gated> {
  const asked: string[] = [];
  const told: Told[] = [];
  const answer: { now: Failure | undefined } = { now: undefined };
  const scene = createRuleScene({
    gate: {
      ask: async (hash) => {
        asked.push(hash);
        return await Promise.resolve(answer.now);
      },
      tell: (one) => told.push(one),
    },
  });
  scene.write({ 'a.conf': '1' });
  await scene.clock.advance(5000);
  scene.setTargets(buildApp(scene.clock.uptime()));
  await scene.clock.advance(120_000);
  scene.begin();
  await scene.look('start');
  scene.decisions.length = 0;
  return { ...scene, asked, told, answer };
}

describe('a gate', () => {
  it('is not asked at the start, when the app has just read what is there', async () => {
    const scene = await createGatedScene();
    expect(scene.asked).toEqual([]);
  });

  it('keeps new content back, which is said once, and asked again when it says so', async () => {
    const scene = await createGatedScene();
    scene.answer.now = WAIT;
    scene.write({ 'a.conf': '2' });
    expect(await scene.look()).toMatchObject({ acted: false, retryInMs: 2000 });
    for (let count = 0; count < 3; count += 1) {
      await scene.clock.advance(2000);
      await scene.look('retry');
    }
    expect(scene.asked).toHaveLength(4);
    expect(scene.outcomes()).toEqual(['waiting']);
    expect(scene.decisions[0]?.pending).toBe(true);
    expect(scene.told).toEqual([]);
    expect(scene.performed).toEqual([]);
  });

  it('says so again where it keeps it back for another reason', async () => {
    const scene = await createGatedScene();
    scene.answer.now = WAIT;
    scene.write({ 'a.conf': '2' });
    await scene.look();
    scene.answer.now = { ...WAIT, outcome: 'held', reason: 'it went wrong elsewhere' };
    await scene.clock.advance(2000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(['waiting', 'held']);
  });

  it('is told of what came of what it let through', async () => {
    const scene = await createGatedScene();
    scene.failNext(fail('rejected'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    await scene.clock.advance(1000);
    await scene.look('retry');
    expect(scene.told).toMatchObject([
      { acted: true, failure: { outcome: 'rejected' } },
      { acted: true, failure: undefined },
    ]);
  });

  it('is told that nothing was done where something stands against it', async () => {
    const scene = await createGatedScene();
    scene.setObstacle(fail('no-handler'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    expect(scene.told).toMatchObject([{ acted: false, failure: { outcome: 'no-handler' } }]);
  });

  it('has no say where somebody asks for the reload', async () => {
    const scene = await createGatedScene();
    scene.answer.now = WAIT;
    scene.write({ 'a.conf': '2' });
    await scene.look('trigger', true);
    expect(scene.outcomes()).toEqual(['reloaded']);
  });

  it('does not use up the attempts', async () => {
    const scene = createRuleScene({
      retry: { retries: 0, delayMs: 1000, maxDelayMs: 1000 },
      gate: { ask: async () => await Promise.resolve(WAIT), tell: () => {} },
    });
    scene.write({ 'a.conf': '1' });
    scene.begin();
    await scene.look('start');
    scene.write({ 'a.conf': '2' });
    await scene.look();
    await scene.clock.advance(2000);
    expect(await scene.look('retry')).toMatchObject({ retryInMs: 2000 });
  });

  it('forgets what it kept back when the old content is there again', async () => {
    const scene = await createGatedScene();
    scene.answer.now = WAIT;
    scene.write({ 'a.conf': '2' });
    await scene.look();
    scene.answer.now = undefined;
    scene.write({ 'a.conf': '1' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['waiting', 'superseded', 'already-current']);
    expect(scene.performed).toEqual([]);
  });
});
