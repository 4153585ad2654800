import { expect, it } from 'vitest';

import { NODE_EXPORTER_IMAGE } from './support/image-names.ts';
import { hasOutcome } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { containerOf } from './support/pod-spec.ts';
import { waitForRestart } from './support/pod.ts';
import { startSidecarPod } from './support/sidecar-pod.ts';
import { awaitSync, SYNC_MOUNT, syncVolume } from './support/sync.ts';

const MOUNT = '/etc/node-exporter';

const namespace = useNamespace();

// The Go runtime installs a handler for every signal before the program begins, and that handler ends
// a program that has not asked for the signal: what the kernel tells beforehand is of no help.
it('reports that a Go program without a handler died, and does not signal the next one', async () => {
  await using sidecarPod = await startSidecarPod({
    namespace: namespace(),
    apps: [
      containerOf(NODE_EXPORTER_IMAGE, {
        command: [
          '/bin/node_exporter',
          '--web.listen-address=:9100',
          `--web.config.file=${MOUNT}/web.yml`,
        ],
        mounts: { config: MOUNT, sync: SYNC_MOUNT },
      }),
    ],
    volumes: { sync: syncVolume },
    data: webConfig('true'),
  });
  const { pod } = sidecarPod;
  await pod.waitForLine('app', 'that it listens', ({ text }) => text.includes('Listening on'));

  const died = await sidecarPod.changeAndHear(
    webConfig('false'),
    'that the app died',
    hasOutcome('target-died'),
  );
  expect(died.remedy).toContain('--previous');
  await waitForRestart(pod, 'app');
  await pod.waitForLine('rehup', 'that the new process has read it', hasOutcome('already-current'));
  await awaitSync(pod, 'app');

  expect((await pod.logs('rehup')).filter(hasOutcome('target-died'))).toHaveLength(1);
  expect(await pod.status('app')).toMatchObject({ restartCount: 1 });
});

function webConfig(http2: 'true' | 'false'): Record<string, string> {
  return { 'web.yml': `http_server_config:\n  http2: ${http2}\n` };
}
