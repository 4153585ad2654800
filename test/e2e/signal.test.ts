import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { kubectl } from './support/kubectl.ts';
import { hasOutcome, hasRead, isReloaded, isStarted, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import {
  appContainer,
  configMap,
  configMapVolume,
  podManifest,
  rehupContainer,
  secret,
  secretVolume,
} from './support/pod-spec.ts';
import { startPod } from './support/pod.ts';
import { GREETING, startScenario } from './support/scenario.ts';
import { awaitSync, SYNC_MOUNT, syncVolume } from './support/sync.ts';

describe('a sidecar with no settings', () => {
  const namespace = useNamespace();

  it('sends one SIGHUP for each update, when the new content is readable', async () => {
    await using scenario = await startScenario(namespace());
    const { pod } = scenario;

    const first = await scenario.reloadWith('two');
    expect(first).toMatchObject({ by: 'SIGHUP' });
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    await scenario.reloadWith('three');
    const line = await pod.waitForLine('rehup', 'the second reload', says('reloaded'), { nth: 2 });
    expect(line).toMatchObject({ outcome: 'reloaded', took_ms: expect.any(Number) });

    const reloads = (await pod.logs('app')).filter(isReloaded);
    expect(reloads.map((reload) => reload.content?.[GREETING])).toEqual(['two', 'three']);
  });

  it('makes one reload of a ConfigMap and a Secret that change together', async () => {
    const name = randomName('pod');
    const mounts = { config: '/etc/app', credentials: '/etc/credentials' };
    const password = '/etc/credentials/password';
    const manifest = podManifest({
      namespace: namespace(),
      name,
      shareProcessNamespace: true,
      containers: [
        appContainer({ env: { APP_FILES: `${GREETING},${password}` }, mounts }),
        rehupContainer({ mounts }),
      ],
      volumes: { config: configMapVolume(name), credentials: secretVolume(name) },
    });
    const objects = (text: string): Parameters<typeof apply>[0] => [
      configMap(namespace(), name, { greeting: text }),
      secret(namespace(), name, { password: text }),
    ];
    await using pod = await startPod(manifest, objects('one'));
    await pod.waitForLine('app', 'that it has started', isStarted);
    await pod.waitForLine('rehup', 'that it watches', says('watching'));

    await apply(objects('two'));
    const reload = await pod.pokeUntil(
      pod.waitForLine('app', 'that it has read both', hasRead(password, 'two')),
    );

    expect(reload.content).toEqual({ [GREETING]: 'two', [password]: 'two' });
    await pod.waitForLine('rehup', 'that it has reloaded', hasOutcome('reloaded'));
    expect((await pod.logs('app')).filter(isReloaded)).toHaveLength(1);
  });

  it('does nothing when only the metadata of the ConfigMap changes', async () => {
    await using scenario = await startScenario(namespace(), {
      apps: [{ mounts: { sync: SYNC_MOUNT } }],
      volumes: { sync: syncVolume },
    });
    const { pod, configMapName } = scenario;

    await kubectl([
      'annotate',
      'configmap',
      configMapName,
      `--namespace=${namespace()}`,
      'example.com/owner=tests',
    ]);
    await awaitSync(pod, 'app');
    // What follows shows that the sidecar was awake, and that this was the first reload.
    await scenario.reloadWith('two');
    await pod.waitForLine('rehup', 'that it has reloaded', hasOutcome('reloaded'));

    expect((await pod.logs('app')).filter(isReloaded)).toHaveLength(1);
    expect((await pod.logs('rehup')).filter(says('reloaded'))).toHaveLength(1);
  });
});
