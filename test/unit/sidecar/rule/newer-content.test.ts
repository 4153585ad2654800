import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMemory } from '../../../../src/sidecar/rule/memory.ts';
import {
  buildApp,
  createFailedScene,
  createRuleScene,
  createSettledScene,
  fail,
  MOUNT,
  type RuleScene,
} from '../../../support/rule-scene.ts';

describe('newer content', () => {
  it('supersedes what failed, is tried at once and has its own pauses', async () => {
    const scene = await createFailedScene();
    scene.failNext(fail('rejected'), fail('rejected'));
    await scene.clock.advance(1000);
    expect(await scene.look('retry')).toMatchObject({ retryInMs: 2000 });
    scene.write({ 'a.conf': '3' });
    expect(await scene.look()).toMatchObject({ acted: true, retryInMs: 1000 });
    expect(scene.outcomes()).toEqual(['rejected', 'rejected', 'superseded', 'rejected']);
    const [first, , superseded, last] = scene.decisions;
    expect(superseded?.hash).toBe(first?.hash);
    expect(last?.hash).not.toBe(first?.hash);
    expect(scene.counted.updateSeen).toBe(2);
  });

  it('that takes back what failed is reloaded, since the app may hold the other', async () => {
    const scene = await createFailedScene();
    scene.write({ 'a.conf': '1' });
    expect(await scene.look()).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['rejected', 'superseded', 'reloaded']);
    await scene.look();
    expect(scene.outcomes().at(-1)).toBe('unchanged');
  });

  it('that takes back what failed is not reloaded where nobody was acted on', async () => {
    const scene = await createSettledScene();
    scene.setObstacle(fail('no-handler'));
    scene.write({ 'a.conf': '2' });
    await scene.look();
    scene.write({ 'a.conf': '1' });
    expect(await scene.look()).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['no-handler', 'superseded', 'already-current']);
    expect(scene.decisions.at(-1)?.pending).toBe(false);
  });

  it('that takes back what failed is reloaded into a new app, too, that started between', async () => {
    const scene = await createFailedScene();
    scene.setTargets(buildApp(scene.clock.uptime(), 31));
    await scene.clock.advance(1000);
    scene.write({ 'a.conf': '1' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['rejected', 'superseded', 'reloaded']);
  });
});

/** The app reads what is there when the reload is proved: the content 3. */
async function createSwappedScene(): Promise<RuleScene> {
  const scene = await createSettledScene({
    prove: async () => {
      scene.write({ 'a.conf': '3' });
      return await Promise.resolve(undefined);
    },
  });
  scene.write({ 'a.conf': '2' });
  await scene.clock.advance(100);
  await scene.look();
  await scene.clock.advance(100);
  return scene;
}

describe('content that is swapped while the app is acted on', () => {
  it('is reloaded', async () => {
    const scene = await createSwappedScene();
    await scene.look();
    expect(scene.outcomes()).toEqual(['reloaded', 'reloaded']);
  });

  it('is not taken for what was there before, if that comes back', async () => {
    const scene = await createSwappedScene();
    scene.write({ 'a.conf': '2' });
    await scene.look();
    expect(scene.outcomes()).toEqual(['reloaded', 'reloaded']);
    expect(scene.performed.map(({ hash }) => hash)).toEqual([
      scene.decisions[0]?.hash,
      scene.decisions[0]?.hash,
    ]);
  });

  it('leaves nothing to be remembered of the reload', async () => {
    const saved: unknown[] = [];
    const memory = createMemory({}, (all) => saved.push(all['default']));
    const scene = await createSettledScene({
      memory,
      prove: () => {
        scene.lose(MOUNT);
        return Promise.resolve(undefined);
      },
    });
    scene.write({ 'a.conf': '2' });
    await scene.clock.advance(100);
    await scene.look();
    expect(scene.outcomes()).toEqual(['reloaded']);
    expect(saved.at(-1)).toBeUndefined();
  });
});

describe('a limit of retries', () => {
  it.each([0, 1, 3])('ends the attempts after %i of them', async (retries) => {
    const scene = await createFailedScene({
      retry: { retries, delayMs: 1000, maxDelayMs: 60_000 },
    });
    scene.failNext(...Array.from({ length: 10 }, () => fail('rejected')));
    for (let look = 0; look < 10; look += 1) {
      await scene.clock.advance(60_000);
      await scene.look('poll');
    }
    expect(scene.performed).toHaveLength(1 + retries);
    expect(scene.decisions.at(-1)).toMatchObject({ pending: true });
    expect(scene.decisions.at(-1)?.retryInMs).toBeUndefined();
  });

  it('does not hold for newer content, nor for a reload that is asked for', async () => {
    const retry = { retries: 0, delayMs: 1000, maxDelayMs: 60_000 };
    const scene = await createFailedScene({ retry });
    scene.failNext(fail('rejected'));
    expect(await scene.look('signal', true)).toMatchObject({ acted: true });
    scene.write({ 'a.conf': '3' });
    expect(await scene.look()).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['rejected', 'rejected', 'superseded', 'reloaded']);
  });

  it('still lets it be noticed that the app has been restarted, and so has the content', async () => {
    const retry = { retries: 0, delayMs: 1000, maxDelayMs: 60_000 };
    const scene = await createFailedScene({ retry });
    await scene.clock.advance(60_000);
    expect(await scene.look('retry')).toEqual({ acted: false, retryInMs: 60_000 });
    scene.setTargets(buildApp(scene.clock.uptime()));
    await scene.clock.advance(60_000);
    expect(await scene.look('retry')).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['rejected', 'already-current']);
    expect(scene.decisions.at(-1)).toMatchObject({ pending: false });
    expect(scene.performed).toHaveLength(1);
  });

  it('is not used up by waiting for the target to come of age', async () => {
    const retry = { retries: 0, delayMs: 1000, maxDelayMs: 60_000 };
    const scene = createRuleScene({ retry, minAgeMs: 60_000 });
    scene.setTargets(buildApp(scene.clock.uptime() - 50_000));
    scene.write({ 'a.conf': '1' });
    scene.begin();
    await scene.clock.advance(10);
    await scene.look('start');
    await scene.clock.advance(10_000);
    await scene.look('retry');
    expect(scene.outcomes()).toEqual(['too-young', 'reloaded']);
  });

  it('holds for invalid content without being asked for it', async () => {
    const scene = await createFailedScene({}, 'invalid');
    await scene.clock.advance(600_000);
    expect(await scene.look('retry')).toEqual({ acted: false });
    expect(scene.outcomes()).toEqual(['invalid']);
  });
});

describe('whatever happens', () => {
  type Step = { write?: string; fails?: boolean; waitMs: number; force?: boolean };

  const step: fc.Arbitrary<Step> = fc.record(
    {
      write: fc.constantFrom('1', '2', '3'),
      fails: fc.boolean(),
      waitMs: fc.constantFrom(0, 500, 1000, 100_000),
      force: fc.boolean(),
    },
    { requiredKeys: ['waitMs'] },
  );

  it('the app ends up with the last content, and is not reloaded again', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const scene = await createSettledScene();
        let holds = '1';
        let onDisk = '1';
        for (const { write, fails, waitMs, force } of [...steps, { waitMs: 100_000 }]) {
          if (write !== undefined) scene.write({ 'a.conf': (onDisk = write) });
          scene.failNext(...(fails === true ? [fail('rejected')] : []));
          await scene.clock.advance(waitMs);
          await scene.look('poll', force);
          if (scene.outcomes().at(-1) === 'reloaded') holds = onDisk;
        }
        expect(holds).toBe(onDisk);
        const { length } = scene.performed;
        await scene.look('poll');
        expect(scene.performed).toHaveLength(length);
        expect(scene.decisions.at(-1)).toMatchObject({ outcome: 'unchanged', pending: false });
      }),
      { numRuns: 60 },
    );
  });
});
