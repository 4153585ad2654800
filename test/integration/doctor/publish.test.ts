// What doctor sees of publishing while the containers run.
import { describe, expect, it } from 'vitest';
import { pidNamespaces } from '../../support/abilities.ts';
import { toDoctorCommand, toReport } from '../../support/doctor/report.ts';
import { CONFIG, startPod } from '../../support/doctor/situation.ts';
import { createKubeletVolume } from '../../support/kubelet-volume.ts';
import { startLineProcess } from '../../support/line-process.ts';
import type { VolumeMount } from '../../support/pod-scene/pod-spec.ts';
import { createTempDir } from '../../support/temp-dir.ts';

const { missing, note } = pidNamespaces;

const PUBLISHED: VolumeMount = { volume: 'published' };
const BOTH: readonly VolumeMount[] = [{ volume: 'config' }, PUBLISHED];
const volumes = { ...CONFIG, published: { kind: 'empty-dir' as const, payload: {} } };
const rehup = {
  env: { REHUP_WATCH: '/etc/config', REHUP_PUBLISH: '/etc/published', REHUP_ACTION: 'none' },
};

describe.skipIf(missing)(`publishing, as doctor sees it${note}`, () => {
  it('is sound where the app has the published volume alone', async () => {
    const containers = { app: [PUBLISHED], rehup: BOTH };
    await using pod = await startPod({ volumes, containers, apps: { app: {} }, rehup });
    const { problems } = await pod.doctor();
    expect(problems.map(({ id }) => id)).toEqual([]);
  });

  it('is gone past by an app that mounts the source, too', async () => {
    const containers = { app: BOTH, rehup: BOTH };
    await using pod = await startPod({ volumes, containers, apps: { app: {} }, rehup });
    const { problems } = await pod.doctor();
    expect(problems.map(({ id }) => id)).toEqual(['app-bypasses-publish']);
    expect(problems[0]?.seen).toContain('app mounts the ConfigMap volume config of /etc/config');
    // What is published is there already: there is something to take away, and nothing to add.
    expect(problems[0]?.remedies[0]?.changes.map(({ value }) => value)).toEqual([null]);
  });

  it('has no room for the next content where the volume is half full', async () => {
    await using volume = await createKubeletVolume();
    await using published = await createTempDir('rehup-published-');
    await volume.write({ 'app.conf': 'one' });
    const { path } = published;
    const fill = `mount -t tmpfs -o size=64k tmpfs '${path}' && cd '${path}' && mkdir ..one && head -c 40000 /dev/zero > ..one/a && ln -s ..one ..data && exec "$@"`;
    const env = {
      REHUP_WATCH: volume.root,
      REHUP_PUBLISH: path,
      REHUP_ACTION: 'none',
      REHUP_LISTEN: 'off',
    };
    await using doctor = await startLineProcess(
      ['unshare', '--mount', '/bin/sh', '-c', fill, 'rehup', ...toDoctorCommand(env)],
      { forks: true },
    );
    const { problems } = await toReport(doctor);
    const full = problems.find(({ id }) => id === 'publish-without-room');
    expect(full?.seen).toMatch(/has \d+ KiB left, and what is shown there takes 40 KiB/);
  });
});
