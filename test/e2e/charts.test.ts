// The library chart as others install it: packaged, as a dependency of a chart of theirs.
import { cp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createTempDir } from '../support/temp-dir.ts';
import { helm } from '../support/tools.ts';
import { isAtLeast, kubeletVersion, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { APP_IMAGE, REHUP_IMAGE } from './support/image-names.ts';
import { kubectl } from './support/kubectl.ts';
import { hasRead, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod } from './support/pod.ts';

const namespace = useNamespace();
const charts = join(import.meta.dirname, '../../examples/helm');

/** Since then, an init container with `restartPolicy: Always` is a sidecar. */
const NATIVE_SINCE = 29;

const run = async (...args: string[]): Promise<string> => (await execa(helm.command, args)).stdout;

/** The names of the pods of a release. */
function podsOf(release: string): Promise<string> {
  const which = `--selector=app.kubernetes.io/instance=${release}`;
  const names = '--output=jsonpath={.items[*].metadata.name}';
  return kubectl(['get', 'pods', `--namespace=${namespace()}`, which, names]);
}

describe.skipIf(helm.missing)(`the library chart${helm.note}`, () => {
  it('brings rehup into a chart of somebody else, and an upgrade of that is a reload', async () => {
    const native = isAtLeast(await kubeletVersion(), NATIVE_SINCE);
    await using directory = await createTempDir('rehup-charts-');
    const chart = join(directory.path, 'my-app');
    await cp(join(charts, 'my-app'), chart, { recursive: true });
    await rm(join(chart, 'charts'), { recursive: true, force: true });
    await run('package', join(charts, 'rehup'), '--destination', join(chart, 'charts'));
    const name = randomName('chart');
    const values = join(directory.path, 'values.json');
    const settings = {
      image: APP_IMAGE,
      env: [{ name: 'APP_FILES', value: '/etc/my-app/app.conf' }],
      rehup: { image: REHUP_IMAGE, native },
    };
    await writeFile(values, JSON.stringify(settings));
    const release = [name, chart, '--namespace', namespace(), '--values', values];

    await run('install', ...release);
    const pod = await waitForCluster(`the pod of ${name}`, () => podsOf(name));
    await using followed = followPod({ namespace: namespace(), name: pod }, ['my-app', 'rehup']);
    await followed.waitForLine('rehup', 'that it watches', says('watching'));

    await run('upgrade', ...release, '--set', 'greeting=good evening');
    const line = await followed.pokeUntil(
      followed.waitForLine(
        'my-app',
        'that it reloaded',
        hasRead('/etc/my-app/app.conf', 'greeting = good evening\n'),
      ),
    );
    expect(line.by).toBe('SIGHUP');
    expect(await podsOf(name)).toBe(pod);
    await run('uninstall', name, '--namespace', namespace());
  });
});
