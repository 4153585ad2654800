import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { createPodScene } from '../../support/pod-scene.ts';
import { programCommand, uniqueName } from '../../support/start-program.ts';

const { missing, note } = pidNamespaces;
const MOUNTED = [{ volume: 'config' }];
const POD = {
  volumes: { config: { payload: { 'app.conf': 'one' } } },
  containers: { app: MOUNTED, rehup: MOUNTED },
};
const hostPids = true;

describe.skipIf(missing)(`rehup where the processes of the node are visible${note}`, () => {
  it('finds the app, whose parent is not outside', async () => {
    await using scene = await createPodScene(POD);
    const command = programCommand('handler', uniqueName(), '/etc/config/app.conf');
    const app = await scene.start('app', command, { hostPids });
    await app.line('ready');
    const rehup = await scene.startRehup({ hostPids });
    await rehup.line({ outcome: 'already-current' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const reloaded = await rehup.line({ msg: 'reloaded' });
    expect(reloaded.target).toMatch(/^app\//);
    expect(app.lines).toEqual(['ready', 'reloaded two']);
  });

  it('signals nobody who does not show that he is of this pod, and says so', async () => {
    await using scene = await createPodScene({ ...POD, containers: { rehup: MOUNTED } });
    const name = uniqueName();
    // Of no container at all: as what runs on the node, and as whose mounts cannot be read.
    await using other = await createPodScene({ ...POD, containers: { app: [] } });
    const stranger = await other.start(
      'app',
      [
        'sh',
        '-c',
        'umount /etc/termination-log /etc/hosts; exec "$@"',
        'sh',
        ...programCommand('handler', name, '/etc/config/app.conf'),
      ],
      { hostPids },
    );
    await stranger.line('ready');
    const rehup = await scene.startRehup({ hostPids, env: { REHUP_TARGET: `name:${name}` } });
    await rehup.line({ msg: 'watching' });
    await scene.volume('config').write({ 'app.conf': 'two' });
    const failed = await rehup.line({ msg: 'reload failed' });
    expect(failed).toMatchObject({ outcome: 'no-target', check: 'target-of-other-pod' });
    expect(failed.remedy).toContain('shareProcessNamespace: true');
    expect(stranger.lines).toEqual(['ready']);
  });
});
