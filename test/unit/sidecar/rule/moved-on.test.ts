import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createSettledScene, fail, MOUNT, type RuleScene } from '../../../support/rule-scene.ts';

interface MovingScene {
  readonly scene: RuleScene;
  /** The hashes that were validated. */
  readonly asked: readonly string[];
}

/** While the next content is validated, other content comes; `undefined`: it cannot be read any more. */
async function createMovingScene(
  next: string | undefined,
  verdict?: Failure,
): Promise<MovingScene> {
  const asked: string[] = [];
  let meanwhile: (() => Promise<Failure | undefined>) | undefined;
  const scene = await createSettledScene({
    validate: async ({ hash }) => {
      const happens = meanwhile;
      meanwhile = undefined;
      asked.push(hash);
      return await happens?.();
    },
  });
  asked.length = 0;
  meanwhile = async () => {
    await scene.clock.advance(5);
    if (next === undefined) scene.lose(MOUNT);
    else scene.write({ 'a.conf': next });
    return verdict;
  };
  scene.write({ 'a.conf': '2' });
  return { scene, asked };
}

describe('content that is replaced while it is validated', () => {
  it.each([
    ['was found valid', undefined],
    ['was found invalid', fail('invalid')],
  ])('is neither acted on nor spoken of, where the other %s', async (_, verdict) => {
    const { scene, asked } = await createMovingScene('3', verdict);
    expect(await scene.look()).toEqual({ acted: false, movedOn: true });
    expect(scene.performed).toEqual([]);
    expect(scene.decisions).toEqual([]);
    expect(await scene.look('retry')).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['reloaded']);
    expect(scene.performed.map(({ hash }) => hash)).toEqual([asked[1]]);
    expect(asked[0]).not.toBe(asked[1]);
  });

  it('is looked at again where the same came back, since another was there between', async () => {
    const { scene } = await createMovingScene('2');
    expect(await scene.look()).toEqual({ acted: false, movedOn: true });
    expect(await scene.look()).toEqual({ acted: true });
  });

  it('is acted on where it cannot be read for now: what the app has is still what was validated', async () => {
    const { scene } = await createMovingScene(undefined);
    expect(await scene.look()).toEqual({ acted: true });
  });
});
