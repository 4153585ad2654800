// What a core file of rehup would hold.
import { describe, expect, it } from 'vitest';
import { createAbility } from '../../support/abilities.ts';
import { createCanary } from '../../support/canary.ts';
import { canReadMemory, countInMemory } from '../../support/process-memory.ts';
import { createReloadScene, type ReloadScene } from '../../support/reload-scene.ts';

const { missing, note } = createAbility(canReadMemory(), 'memory cannot be read here');

/** Content that fills the buffer of the reader and more, with the secret in each piece of it. */
function around(secret: string): string {
  return `${secret} `.repeat(10_000);
}

async function reload(scene: ReloadScene, content: string): Promise<void> {
  await scene.volume.write({ 'app.conf': 'two', small: content, large: around(content) });
  await scene.rehup.line({ msg: 'reloaded' });
}

describe.skipIf(missing)(`the memory of rehup${note}`, () => {
  it('holds no content after a reload, neither old nor new', async () => {
    const before = createCanary('before');
    const after = createCanary('after');
    await using scene = await createReloadScene({
      payload: { 'app.conf': 'one', small: before, large: around(before) },
      env: { REHUP_LISTEN: '127.0.0.1:0' },
    });
    await reload(scene, after);
    const { port = 0 } = scene.rehup.all({ msg: 'listening' })[0] ?? {};
    await fetch(`http://127.0.0.1:${port}/status`);
    const { pid } = scene.rehup;
    // What it knows is found, and that is how the search is known to work.
    expect(countInMemory(pid, scene.volume.root)).toBeGreaterThan(0);
    expect([countInMemory(pid, before), countInMemory(pid, after)]).toEqual([0, 0]);
  });
});
