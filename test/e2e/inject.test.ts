import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

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

/** The example's component, as kustomize applies it to the example's app. */
async function renderComponent(): Promise<string> {
  const { stdout } = await execa('kubectl', ['kustomize', join(root, 'examples/kustomize/my-app')]);
  return stdout;
}

/** The example's app without the component, and `rehup inject` in its place. */
async function inject(): Promise<string> {
  const app = join(root, 'examples/kustomize/my-app/deployment.yaml');
  const command = [join(root, 'cmd/main.ts'), 'inject', app];
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
function forTests(deployment: Deployment, name: string, native: boolean): Deployment {
  const { spec } = deployment;
  const { template } = spec;
  const [app] = template.spec.containers;
  const [sidecar] = template.spec.initContainers ?? [];
  if (app === undefined || sidecar === undefined) throw new Error('no app, or no sidecar');
  const rehup = { ...sidecar, image: REHUP_IMAGE };
  const { restartPolicy: _, ...plain } = rehup;
  const env = [{ name: 'APP_FILES', value: '/etc/my-app/greeting' }];
  const ours = { ...app, image: APP_IMAGE, env };
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
          // What the README of the example says for older servers.
          initContainers: native ? [rehup] : [],
          containers: native ? [ours] : [ours, plain],
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
    { by: 'the Kustomize component', render: renderComponent },
    { by: 'rehup inject', render: inject },
  ])('by $by reloads the app', async ({ render }) => {
    const native = isAtLeast(await kubeletVersion(), NATIVE_SINCE);
    const name = randomName('added');
    const deployment = forTests(findDeployment(await render()), name, native);
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
