import { describe, expect, it } from 'vitest';
import { createSettledScene, type RuleScene } from '../../../support/rule-scene.ts';

/** The proof of a reload hangs until it is aborted or ended by hand. */
async function createHangingScene(): Promise<{
  scene: RuleScene;
  begun: Promise<void>;
  end: () => void;
}> {
  const begun = Promise.withResolvers<void>();
  const proof = Promise.withResolvers<undefined>();
  const scene = await createSettledScene({
    prove: async (_, signal) => {
      signal.addEventListener('abort', () => proof.reject(signal.reason as Error));
      begun.resolve();
      return await proof.promise;
    },
  });
  scene.write({ 'a.conf': '2' });
  return { scene, begun: begun.promise, end: () => proof.resolve(undefined) };
}

describe('a reload that has begun', () => {
  it('comes to its end, and is told of, under a configuration that is replaced meanwhile', async () => {
    const { scene, begun, end } = await createHangingScene();
    const soon = new AbortController();
    const look = scene.look('inotify', false, {
      soon: soon.signal,
      now: new AbortController().signal,
    });
    await begun;
    soon.abort();
    end();
    expect(await look).toEqual({ acted: true });
    expect(scene.outcomes()).toEqual(['reloaded']);
  });

  it('is cut short by the end of the pod', async () => {
    const { scene, begun } = await createHangingScene();
    const now = new AbortController();
    const look = scene.look('inotify', false, { soon: now.signal, now: now.signal });
    await begun;
    now.abort(new Error('the end'));
    await expect(look).rejects.toThrow('the end');
    expect(scene.decisions).toEqual([]);
  });
});
