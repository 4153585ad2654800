import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { createTempDir } from '../support/temp-dir.ts';
import {
  apply,
  isAtLeast,
  kubeletVersion,
  randomName,
  type KubernetesObject,
} from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { APP_IMAGE, REHUP_IMAGE } from './support/image-names.ts';
import { kubectl } from './support/kubectl.ts';
import { hasRead, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod } from './support/pod.ts';
import { configMap } from './support/pod-spec.ts';
import { podsOf } from './support/workloads.ts';

const namespace = useNamespace();

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Since then, an init container with `restartPolicy: Always` is a sidecar. */
const NATIVE_SINCE = 29;

interface Container {
  name: string;
  image: string;
  restartPolicy?: string;
  startupProbe?: unknown;
  env?: readonly { name: string; value: string }[];
}

interface Deployment extends KubernetesObject {
  spec: {
    selector: { matchLabels: Record<string, string> };
    template: {
      metadata: { labels: Record<string, string> };
      spec: {
        containers: Container[];
        initContainers?: Container[];
        volumes?: { configMap?: { name: string } }[];
      };
    };
  };
}

/** The example's components, as kustomize applies them to the example's app. */
async function renderComponents(native: boolean): Promise<string> {
  await using directory = await createTempDir('rehup-kustomize-');
  await cp(join(root, 'examples/kustomize'), directory.path, { recursive: true });
  const app = join(directory.path, 'my-app');
  const file = join(app, 'kustomization.yaml');
  const plain = '  - ../rehup\n  - ../rehup-plain\n';
  const text = await readFile(file, 'utf8');
  if (!native) await writeFile(file, text.replace('  - ../rehup\n', plain));
  return (await execa('kubectl', ['kustomize', app])).stdout;
}

/** The example's app without the component, and `rehup inject` in its place. */
async function inject(native: boolean): Promise<string> {
  const app = join(root, 'examples/kustomize/my-app/deployment.yaml');
  const form = `--sidecar=${native ? 'native' : 'plain'}`;
  const command = [join(root, 'cmd/main.ts'), 'inject', form, app];
  const { stdout } = await execa(process.execPath, command);
  return stdout;
}

function findDeployment(yaml: string): Deployment {
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as KubernetesObject);
  const found = objects.find(({ kind }) => kind === 'Deployment');
  if (found === undefined) throw new Error(`no Deployment in\n${yaml}`);
  return found as Deployment;
}

/** Under a name of its own, with the app and the image of the tests; all else is left as it is. */
function forTests(deployment: Deployment, name: string): Deployment {
  const { spec } = deployment;
  const { template } = spec;
  const env = [{ name: 'APP_FILES', value: '/etc/my-app/greeting' }];
  const ours = (container: Container): Container =>
    container.name === 'rehup'
      ? { ...container, image: REHUP_IMAGE }
      : { ...container, image: APP_IMAGE, env };
  const labels = { app: name };
  return {
    ...deployment,
    metadata: { name, namespace: namespace() },
    spec: {
      ...spec,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          ...template.spec,
          initContainers: (template.spec.initContainers ?? []).map(ours),
          containers: template.spec.containers.map(ours),
          volumes: (template.spec.volumes ?? []).map((volume) =>
            volume.configMap ? { ...volume, configMap: { name } } : volume,
          ),
        },
      },
    },
  };
}

describe.concurrent('the sidecar added to a manifest', () => {
  it.each([
    { by: 'the Kustomize component', render: renderComponents },
    { by: 'rehup inject', render: inject },
  ])('by $by reloads the app', async ({ render }) => {
    const native = isAtLeast(await kubeletVersion(), NATIVE_SINCE);
    const name = randomName('added');
    const deployment = forTests(findDeployment(await render(native)), name);
    await apply([configMap(namespace(), name, { greeting: 'one' }), deployment]);
    const pod = await waitForCluster(`the pod of ${name}`, async () => {
      const [found] = await podsOf({ namespace: namespace(), name });
      return found;
    });
    await using followed = followPod({ namespace: namespace(), name: pod ?? '' }, [
      'my-app',
      'rehup',
    ]);
    await followed.waitForLine('rehup', 'that it watches', says('watching'));

    await apply([configMap(namespace(), name, { greeting: 'two' })]);
    const line = await followed.pokeUntil(
      followed.waitForLine('my-app', 'that it reloaded', hasRead('/etc/my-app/greeting', 'two')),
    );

    expect(line.by).toBe('SIGHUP');
    await kubectl(['delete', 'deployment', name, `--namespace=${namespace()}`, '--wait=false']);
  });
});
