import { describe, expect, it } from 'vitest';

import { randomName } from './support/cluster.ts';
import { hasOutcome, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { waitForRestart } from './support/pod.ts';
import type { ContainerOptions } from './support/pod-spec.ts';
import { startScenario } from './support/scenario.ts';
import { startSidecarPod, type SidecarPod, type SidecarPodOptions } from './support/sidecar-pod.ts';
import { greets, staticApp, STATIC_APP_MOUNT, staticAppWithSubPath } from './support/static-app.ts';

const namespace = useNamespace();

const configMapName = randomName('pod');

interface Case extends Pick<SidecarPodOptions, 'apps' | 'name' | 'rehup'> {
  readonly how: string;
}

describe.concurrent('REHUP_RESTART=container, for a program that cannot reload', () => {
  it.each<Case>([
    {
      how: 'mounts the volume',
      apps: [staticApp({ mounts: { config: STATIC_APP_MOUNT } })],
      rehup: restarting(),
    },
    { how: 'mounts a file by subPath', apps: [staticAppWithSubPath()], rehup: restarting() },
    {
      how: 'has the ConfigMap in its environment',
      name: configMapName,
      apps: [staticApp({ envFrom: configMapName })],
      // Nothing is mounted there that would tell rehup whose environment it is.
      rehup: restarting({ REHUP_TARGET: 'container:app' }),
    },
  ])('brings new content by one restart where the container $how', async (options) => {
    const neighbour = staticApp({ name: 'neighbour', env: { greeting: 'from next door' } });
    const apps = [...options.apps, neighbour];
    await using sidecarPod = await startStatic({ ...options, apps });
    const { pod } = sidecarPod;

    const line = await sidecarPod.changeAndHear(
      { greeting: 'two' },
      'that it has reloaded',
      says('reloaded'),
    );
    expect(line).toMatchObject({ action: 'restart', outcome: 'reloaded' });
    await pod.waitForLine('app', 'that it has read the new text', greets('two'));

    // The kubelet tells the API of a restart some time after it.
    await waitForRestart(pod, 'app');
    expect(await restartsOf(sidecarPod)).toEqual({ app: 1, neighbour: 0, rehup: 0 });
  });

  it('names restartPolicy where the container does not come back', async () => {
    await using sidecarPod = await startStatic({
      apps: [staticApp({ mounts: { config: STATIC_APP_MOUNT } })],
      rehup: restarting({ REHUP_RESTART_TIMEOUT: '3s' }),
      restartPolicy: 'Never',
    });

    const line = await sidecarPod.changeAndHear(
      { greeting: 'two' },
      'that the container was not started again',
      hasOutcome('timed-out'),
    );

    expect(line.remedy).toContain('restartPolicy: Always');
    expect(line.reason).toContain('app');
  });
});

describe('REHUP_ON_FAILURE=restart:2', () => {
  it('restarts the container after two reloads that the app has refused', async () => {
    await using scenario = await startScenario(namespace(), {
      apps: [{ env: { APP_HTTP_PORT: '8080', APP_HTTP_STATUS: '500' } }],
      rehup: {
        env: { REHUP_URL: 'http://127.0.0.1:8080/-/reload', REHUP_ON_FAILURE: 'restart:2' },
      },
    });
    const { pod } = scenario;

    const line = await scenario.changeAndHear(
      { greeting: 'two' },
      'that it has reloaded',
      says('reloaded'),
    );

    expect(line).toMatchObject({ action: 'restart', outcome: 'reloaded' });
    const failures = (await pod.logs('rehup')).filter(says('reload failed'));
    expect(failures).toMatchObject([
      { action: 'http', outcome: 'rejected' },
      { action: 'http', outcome: 'rejected' },
    ]);
    await waitForRestart(pod, 'app');
    expect(await pod.status('app')).toMatchObject({ restartCount: 1 });
  });
});

function restarting(env: Readonly<Record<string, string>> = {}): ContainerOptions {
  return { env: { REHUP_RESTART: 'container', ...env } };
}

async function startStatic(
  options: Omit<SidecarPodOptions, 'namespace' | 'data'>,
): Promise<SidecarPod> {
  const sidecarPod = await startSidecarPod({
    ...options,
    namespace: namespace(),
    data: { greeting: 'one' },
  });
  await sidecarPod.pod.waitForLine('app', 'that it has started', greets('one'));
  return sidecarPod;
}

async function restartsOf({ pod }: SidecarPod): Promise<Record<string, number>> {
  const names = ['app', 'neighbour', 'rehup'];
  const statuses = await Promise.all(names.map((name) => pod.status(name)));
  return Object.fromEntries(statuses.map(({ name, restartCount }) => [name, restartCount]));
}
