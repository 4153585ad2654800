import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { applyPatch } from 'diff';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments, stringify } from 'yaml';

import { createTempDir } from '../support/temp-dir.ts';
import {
  apply,
  isAtLeast,
  kubeletVersion,
  type KubernetesObject,
  randomName,
} from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { REHUP_IMAGE } from './support/image-names.ts';
import { kubectl } from './support/kubectl.ts';
import { hasRead, hasStartedWith, isStarted, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { sendSignal } from './support/pod-actions.ts';
import { appContainer, configMap, configMapVolume } from './support/pod-spec.ts';
import { followPod } from './support/pod.ts';
import { podsOf } from './support/workloads.ts';

const namespace = useNamespace();

const main = fileURLToPath(new URL('../../cmd/main.ts', import.meta.url));

/** Since then, an init container with `restartPolicy: Always` is a sidecar. */
const NATIVE_SINCE = 29;

const DIRECTORY = '/etc/app/greeting';
const FILE = '/etc/extra.json';

/** An app as people have it: one ConfigMap as a directory, one file of another one by subPath. */
function plainDeployment(name: string): KubernetesObject {
  const app = appContainer({
    env: { APP_FILES: `${DIRECTORY},${FILE}` },
    mounts: { config: '/etc/app', extra: FILE },
    subPaths: { extra: 'extra.json' },
  });
  const labels = { app: name };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: namespace() },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          securityContext: { runAsUser: 10_001, runAsNonRoot: true },
          containers: [app],
          volumes: [
            { name: 'config', ...configMapVolume(name) },
            { name: 'extra', ...configMapVolume(`${name}-extra`) },
          ],
        },
      },
    },
  } as KubernetesObject;
}

/** As somebody does it who looks at the change before it is applied. */
async function injectByDiff(file: string): Promise<KubernetesObject[]> {
  const form = isAtLeast(await kubeletVersion(), NATIVE_SINCE) ? 'native' : 'plain';
  const { stdout: diff } = await execa(process.execPath, [
    main,
    'inject',
    '--publish',
    '--diff',
    `--sidecar=${form}`,
    `--image=${REHUP_IMAGE}`,
    '--env=REHUP_VALIDATE=*=json',
    file,
  ]);
  const patched = applyPatch(await readFile(file, 'utf8'), `${diff}\n`);
  if (patched === false) throw new Error(`the diff does not fit\n${diff}`);
  return parseAllDocuments(patched).map((document) => document.toJS() as KubernetesObject);
}

describe('a Deployment after rehup inject --publish', () => {
  it('never shows its app what is invalid, and a file by subPath follows', async () => {
    await using directory = await createTempDir('rehup-inject-');
    const name = randomName('guarded');
    const change = async (greeting: string, extra: string): Promise<void> =>
      await apply([
        configMap(namespace(), name, { greeting }),
        configMap(namespace(), `${name}-extra`, { 'extra.json': extra }),
      ]);
    await change('"one"', '"first"');
    const file = join(directory.path, 'deployment.yaml');
    await writeFile(file, stringify(plainDeployment(name), { aliasDuplicateObjects: false }));
    await apply(await injectByDiff(file));
    const found = await waitForCluster(`the pod of ${name}`, async () => {
      const [pod] = await podsOf({ namespace: namespace(), name });
      return pod;
    });
    await using pod = followPod({ namespace: namespace(), name: found }, ['app', 'rehup']);
    await pod.waitForLine('app', 'its first start', hasStartedWith(DIRECTORY, '"one"'));
    await pod.waitForLine('app', 'its file', hasStartedWith(FILE, '"first"'));
    await pod.waitForLine('rehup', 'that it watches', says('watching'));

    await change('"two"', '"a longer second"');
    await pod.pokeUntil(
      Promise.all([
        pod.waitForLine('app', 'the new text', hasRead(DIRECTORY, '"two"')),
        pod.waitForLine('app', 'the new text by subPath', hasRead(FILE, '"a longer second"')),
      ]),
    );

    await change('"three', '"third');
    await pod.pokeUntil(pod.waitForLine('rehup', 'that both are held', says('held'), { nth: 2 }));
    await sendSignal(pod, 'SIGKILL', 'app');
    const again = await pod.waitForLine('app', 'that it starts again', isStarted, { nth: 2 });
    expect(again.content).toEqual({ [DIRECTORY]: '"two"', [FILE]: '"a longer second"' });

    await change('"four"', '"fourth"');
    await pod.pokeUntil(
      Promise.all([
        pod.waitForLine('app', 'the corrected text', hasRead(DIRECTORY, '"four"')),
        pod.waitForLine('app', 'the corrected text by subPath', hasRead(FILE, '"fourth"')),
      ]),
    );
    expect(JSON.stringify(await pod.logs('app'))).not.toMatch(/three|third/);
    await kubectl(['delete', 'deployment', name, `--namespace=${namespace()}`, '--wait=false']);
  });
});
