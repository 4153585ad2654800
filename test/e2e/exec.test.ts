import { describe, expect, it } from 'vitest';

import { randomName } from './support/cluster.ts';
import { BUSYBOX_IMAGE } from './support/image-names.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { configMap, configMapVolume, containerOf, emptyDir } from './support/pod-spec.ts';
import { GREETING, startScenario } from './support/scenario.ts';
import { REHUP_MOUNT } from './support/sidecar-pod.ts';

const namespace = useNamespace();

// Neither way needs a shell in the image of rehup, nor that the two share their processes.
describe.concurrent('REHUP_EXEC', () => {
  it('runs a static program that an init container has brought', async () => {
    await using scenario = await startScenario(namespace(), {
      apps: [{ env: { APP_SIGNAL: 'none', APP_HTTP_PORT: '8080' } }],
      initContainers: [
        containerOf(BUSYBOX_IMAGE, {
          name: 'tools',
          command: ['cp', '/bin/busybox', '/tools/wget'],
          mounts: { tools: '/tools' },
        }),
      ],
      rehup: {
        env: {
          REHUP_EXEC: `/tools/wget -q -O - --post-data '' http://127.0.0.1:8080/-/reload`,
          REHUP_WATCH: REHUP_MOUNT,
        },
        mounts: { tools: '/tools' },
      },
      volumes: { tools: emptyDir },
      shareProcessNamespace: false,
    });

    expect(await scenario.reloadWith('two')).toMatchObject({ by: 'http' });

    const line = await scenario.pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    expect(line).toMatchObject({ action: 'exec', outcome: 'reloaded' });
  });

  it('gives the change as JSON to a script for the node that is in the image', async () => {
    const name = randomName('scripts');
    await using scenario = await startScenario(namespace(), {
      rehup: {
        env: { REHUP_EXEC: 'node /scripts/reload.mjs', REHUP_WATCH: REHUP_MOUNT },
        mounts: { scripts: '/scripts' },
      },
      volumes: { scripts: configMapVolume(name) },
      objects: [configMap(namespace(), name, { 'reload.mjs': SCRIPT })],
    });
    const { pod } = scenario;

    await scenario.reloadWith('two');

    const output = await pod.waitForLine('rehup', 'what the script wrote', says('command output'));
    // The line of the log has a field of that name, too.
    const { text } = JSON.parse(output.text) as { readonly text: string };
    expect(JSON.parse(text)).toEqual({
      rule: 'default',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      mounts: { [REHUP_MOUNT]: { added: [], changed: ['greeting'], removed: [] } },
      variable: `${REHUP_MOUNT}/greeting`,
    });
    expect(await pod.exec('app', 'cat', GREETING)).toBe('two');
  });
});

/** Tells what it was given, and signals the app. */
const SCRIPT = `
import { readFileSync } from 'node:fs';
const change = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify({ ...change, variable: process.env.REHUP_CHANGED }));
process.kill(Number(process.env.REHUP_TARGET_PID), 'SIGHUP');
`;
