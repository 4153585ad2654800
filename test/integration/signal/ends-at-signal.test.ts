import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import type { LineProcess } from '../../support/line-process.ts';
import { createPodScene, type PodScene } from '../../support/pod-scene.ts';
import { programCommand } from '../../support/start-program.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const { missing, note } = pidNamespaces;
const MOUNTED = [{ volume: 'config' }];

async function createScene(): Promise<PodScene> {
  return await createPodScene({
    volumes: { config: { payload: { 'app.conf': 'one' } } },
    containers: { app: MOUNTED, rehup: MOUNTED },
  });
}

async function startApp(scene: PodScene): Promise<LineProcess> {
  const app = await scene.start('app', programCommand('ends', 'app'));
  await app.line('ready');
  return app;
}

describe.skipIf(missing)(`an app that ends at the signal, in spite of its handler${note}`, () => {
  it('is ended once, not at the next update, and once more when somebody asks', async () => {
    await using scene = await createScene();
    await using state = await createTempDir();
    // The successor must be seen as such, and the death as that of the signal.
    const env = { REHUP_SURVIVE: '10s', REHUP_STATE_DIR: state.path };
    const first = await startApp(scene);
    const rehup = await scene.startRehup({ env });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    expect(await first.exited).toMatchObject({ code: 129 });
    const died = await rehup.line({ outcome: 'target-died' });
    expect(died.remedy).toContain('the signal itself is the first suspect');

    const second = await startApp(scene);
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'three' });
    const held = await rehup.line({ outcome: 'no-handler', check: 'signal-ended-app' });
    expect(held.reason).toContain('SIGHUP ended app when it was sent last');
    expect(await rehup.stop()).toBe(0);

    const again = await scene.startRehup({ env });
    await again.line({ outcome: 'no-handler', check: 'signal-ended-app' });
    expect(process.kill(second.pid, 0)).toBe(true);
    again.kill('SIGHUP');
    expect(await second.exited).toMatchObject({ code: 129 });
    await again.line({ outcome: 'target-died' });
    expect(await again.stop()).toBe(0);
  });
});
