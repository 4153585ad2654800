import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { createPodScene } from '../../support/pod-scene.ts';
import { programCommand } from '../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const MOUNTED = [{ volume: 'config' }];
const POD = {
  volumes: { config: { payload: { 'app.conf': 'one' } } },
  containers: { migrate: MOUNTED, app: MOUNTED, rehup: MOUNTED },
};
const PROGRAM = programCommand('handler', 'program', '/etc/config/app.conf');

describe.skipIf(missing)(`rehup as a native sidecar, which starts first${note}`, () => {
  it.each([
    { what: 'signalled', env: {}, outcome: 'too-young' },
    { what: 'restarted', env: { REHUP_RESTART: 'container' }, outcome: 'no-target' },
    {
      what: 'signalled by its name',
      env: { REHUP_TARGET: 'name:program' },
      outcome: 'too-young',
    },
  ])('has no init container $what, and needs no reload of the app after it', async (row) => {
    await using scene = await createPodScene(POD);
    const rehup = await scene.startRehup({ env: row.env });
    await rehup.line({ msg: 'watching' });
    const init = await scene.start('migrate', PROGRAM);
    await init.line('ready');
    await scene.volume('config').write({ 'app.conf': 'two' });
    const held = await rehup.line({ msg: 'reload failed', outcome: row.outcome });
    expect(held).toMatchObject({ check: 'target-in-init-container' });
    expect(held.remedy).toContain('REHUP_TARGET=container:migrate');
    expect(init.lines).toEqual(['ready']);
    init.kill('SIGKILL');
    await init.exited;
    const app = await scene.start('app', PROGRAM);
    await app.line('ready');
    await rehup.line({ outcome: 'already-current' });
    expect(app.lines).toEqual(['ready']);
    expect(await rehup.stop()).toBe(0);
  });

  it('believes the name of a container', async () => {
    await using scene = await createPodScene(POD);
    const rehup = await scene.startRehup({ env: { REHUP_TARGET: 'container:app' } });
    await rehup.line({ msg: 'watching' });
    const app = await scene.start('app', PROGRAM);
    await app.line('ready');
    await scene.volume('config').write({ 'app.conf': 'two' });
    await rehup.line({ msg: 'reloaded' });
    expect(app.lines).toEqual(['ready', 'reloaded two']);
  });
});
