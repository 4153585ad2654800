import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { type RunningPod, type Situation, startPod } from '../../support/doctor/situation.ts';

const { missing, note } = pidNamespaces;
const MOUNTED = [{ volume: 'config' }];
const ALONE: Pick<Situation, 'containers' | 'apps'> = {
  containers: { app: MOUNTED, rehup: MOUNTED },
  apps: { app: {} },
};

describe.skipIf(missing)(`doctor at the start of rehup${note}`, () => {
  it('says what is wrong, once, as a warning with the name of the check', async () => {
    const env = { REHUP_GRACE: '10s', REHUP_TARGET: 'container:app' };
    const key = { volume: 'config', subPath: '..data/app.conf', path: '/etc/app.conf' };
    await using pod = await startPod({
      ...ALONE,
      containers: { app: [key], rehup: MOUNTED },
      rehup: { env },
    });
    await using rehup = await pod.startRehup();
    const first = await rehup.line({ msg: 'doctor', check: 'setting-without-effect' });
    expect(first).toMatchObject({
      level: 'warn',
      reason: 'REHUP_GRACE has no effect without REHUP_RESTART or REHUP_ON_FAILURE',
      remedy: 'remove the setting, or set what it needs',
    });
    await rehup.line({ msg: 'doctor', check: 'app-mounts-sub-path' });
    await turnOver(pod, rehup);
    expect(rehup.all({ msg: 'doctor' })).toHaveLength(2);
  });

  it.for<[string, Situation]>([
    ['where nothing is wrong', ALONE],
    ['before the app is there', { ...ALONE, apps: {} }],
    ['of what the log says already', { ...ALONE, shareProcessNamespace: false }],
  ])('says nothing %s', async ([, situation]) => {
    await using pod = await startPod(situation);
    await using rehup = await pod.startRehup();
    await rehup.line({ msg: 'watching' });
    await turnOver(pod, rehup);
    expect(await rehup.stop()).toBe(0);
    expect(rehup.all({ msg: 'doctor' })).toEqual([]);
  });
});

/** Two updates: by the second one, what follows the start has followed. */
async function turnOver(
  { scene }: RunningPod,
  rehup: Awaited<ReturnType<RunningPod['startRehup']>>,
): Promise<void> {
  for (const text of ['two', 'three']) {
    await scene.volume('config').write({ 'app.conf': text });
    await rehup.line({ msg: 'update seen' });
  }
}
