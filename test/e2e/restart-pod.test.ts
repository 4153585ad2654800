// The kubelet's own restart of all containers takes Kubernetes 1.36, native sidecars and the rule. Where it
// has none of them, it starts rehup alone, and that is what is looked at there.
import { describe, expect, it } from 'vitest';

import { hasOutcome, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { containerOf, emptyDir, type Container } from './support/pod-spec.ts';
import { waitForRestart } from './support/pod.ts';
import { BUSYBOX_IMAGE } from './support/image-names.ts';
import { startSidecarPod, type SidecarPod } from './support/sidecar-pod.ts';
import { greets, STATIC_APP_MOUNT } from './support/static-app.ts';

const namespace = useNamespace();

/** Reads its configuration at its start, under another uid than rehup, and ends when it is asked to. */
function app(listens: string): Container {
  const script = `
trap 'exit 1' TERM
${listens}
echo "{\\"app\\":\\"started\\",\\"content\\":{\\"greeting\\":\\"$(cat ${STATIC_APP_MOUNT}/greeting)\\"}}"
sleep 2147483647 & wait
`;
  return containerOf(BUSYBOX_IMAGE, {
    uid: 20_002,
    command: ['sh', '-c', script],
    mounts: { config: STATIC_APP_MOUNT },
  });
}

async function start(container: Container, env: Record<string, string>): Promise<SidecarPod> {
  return await startSidecarPod({
    namespace: namespace(),
    apps: [container],
    rehup: {
      env: { REHUP_RESTART: 'pod', REHUP_STATE_DIR: '/state', ...env },
      mounts: { state: '/state' },
    },
    volumes: { state: emptyDir },
    shareProcessNamespace: false,
    data: { greeting: 'one' },
  });
}

describe.concurrent('REHUP_RESTART=pod, where the kubelet has no rule for it', () => {
  it.each([
    { why: 'who listened is listening still', listens: 'httpd -p 8080', env: {} },
    {
      why: 'no other container starts in time',
      listens: '',
      env: { REHUP_RESTART_TIMEOUT: '10s' },
    },
  ])('is said not to have restarted the pod where $why', async ({ listens, env }) => {
    await using sidecarPod = await start(app(listens), env);
    const { pod } = sidecarPod;
    await pod.waitForLine('app', 'that it has started', greets('one'));

    const line = await sidecarPod.changeAndHear(
      { greeting: 'two' },
      'that the pod was not restarted',
      hasOutcome('unverified'),
    );
    expect(line.check).toBe('pod-not-restarted');
    expect(line.reason).toContain('the pod was not restarted');
    await waitForRestart(pod, 'rehup');
    expect(await pod.status('rehup')).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 88 } },
    });
    expect(await pod.status('app')).toMatchObject({ restartCount: 0 });

    // Newer content does not make it leave again.
    await sidecarPod.changeAndHear(
      { greeting: 'three' },
      'that the content is newer',
      says('update seen'),
    );
    // What the kubelet would have done: the container of the app starts anew.
    // The session ends with it, one way or another.
    await pod.exec('app', 'kill', '-TERM', '1').catch(() => '');
    await pod.waitForLine('app', 'that it has read the newest', greets('three'));
    await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    expect(await pod.status('rehup')).toMatchObject({ restartCount: 1 });
  });
});
