import { describe, expect, it } from 'vitest';
import { buildApp, createRuleScene, fail } from '../../../support/rule-scene.ts';

const app = buildApp(0);
const why = fail('no-handler');

describe('what would stand against a reload', () => {
  it.each([
    ['nothing, as far as it shows', { targets: [app] }, undefined],
    [
      'that nobody can be told to be the app',
      { failure: fail('ambiguous-target') },
      'ambiguous-target',
    ],
    [
      'that a target must be left alone',
      { targets: [app], obstacles: new Map([[30, why]]) },
      'no-handler',
    ],
    [
      'nothing that a restart cures which is to come',
      { targets: [app], onlyByRestart: new Map([[30, why]]) },
      undefined,
    ],
  ])('is %s', (_, resolution, outcome) => {
    const scene = createRuleScene();
    scene.setResolution(resolution);
    expect(scene.rule.preview().failure?.outcome).toBe(outcome);
  });

  it('is what the action objects to', () => {
    const scene = createRuleScene();
    scene.setObstacle(fail('not-permitted'));
    expect(scene.rule.preview().failure?.outcome).toBe('not-permitted');
  });

  it('cannot be told of an app that has just started', async () => {
    const scene = createRuleScene();
    scene.setObstacle(why);
    scene.setTargets(buildApp(scene.clock.uptime()));
    expect(scene.rule.preview()).toMatchObject({ early: true });
    expect(scene.rule.preview().failure).toBeUndefined();
    await scene.clock.advance(10_001);
    expect(scene.rule.preview().failure).toBe(why);
  });

  it('is nothing where a target is only awaited', () => {
    const scene = createRuleScene();
    const awaited = fail('no-target');
    scene.setResolution({ failure: awaited });
    expect(scene.rule.preview()).toEqual({ targets: [], awaited });
  });
});
