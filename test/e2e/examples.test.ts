import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import { REHUP_IMAGE } from './support/image-names.ts';
import { getFromPod, kubectl, kubectlJson } from './support/kubectl.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod, type Pod, waitForRestart } from './support/pod.ts';

/** What a user does with an example, and where the application shows that it has taken the change. */
interface Example {
  readonly name: string;
  readonly edit: readonly [from: string, to: string];
  readonly show: (pod: Pod) => Promise<string>;
  /** How often the container of the application is restarted by it. */
  readonly restarts?: number;
}

const examples: readonly Example[] = [
  { name: 'haproxy', edit: ['hello', 'good evening'], show: get(8080, '/') },
  { name: 'nginx', edit: ['hello', 'good evening'], show: get(8080, '/') },
  {
    name: 'postgres',
    edit: ['work_mem = 8MB', 'work_mem = 16MB'],
    show: async (pod) => {
      const command = 'show work_mem';
      const value = await pod.exec('postgres', 'psql', '-U', 'postgres', '-Atc', command);
      return `work_mem = ${value}`;
    },
  },
  {
    name: 'prometheus',
    edit: ['scrape_interval: 30s', 'scrape_interval: 20s'],
    show: get(9090, '/api/v1/status/config'),
  },
  { name: 'restart', edit: ['hello', 'good evening'], show: get(8080, '/'), restarts: 1 },
];

const folder = join(import.meta.dirname, '../../examples');
const namespace = useNamespace();

it('covers every example that has a manifest', () => {
  const withManifest = readdirSync(folder).filter((name) =>
    existsSync(join(folder, name, 'manifest.yaml')),
  );
  expect(examples.map(({ name }) => name)).toEqual(withManifest.toSorted());
});

describe.concurrent('examples', () => {
  it.each(examples)('$name takes an edit of its ConfigMap', async (example) => {
    const { name, edit, show, restarts = 0 } = example;
    const [from, to] = edit;
    const manifest = await readManifest(name);
    await applyText(manifest);
    await using pod = await followPodOf(name);
    await pod.waitForLine('rehup', 'that it watches', says('watching'));
    await waitToShow(pod, show, from);

    await applyText(manifest.replace(from, to));
    await pod.pokeUntil(waitToShow(pod, show, to));

    const line = await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
    expect(line).toMatchObject({ outcome: 'reloaded' });
    const [app = ''] = pod.containers;
    // The kubelet tells the API of a restart some time after it.
    await waitForRestart(pod, app, restarts);
    expect(await pod.status(app)).toMatchObject({ restartCount: restarts });
  });
});

function get(port: number, path: string): Example['show'] {
  return (pod) => getFromPod(pod, port, path);
}

/** The manifest as it is, but for the tag of rehup: the one under test has not been released yet. */
async function readManifest(name: string): Promise<string> {
  const text = await readFile(join(folder, name, 'manifest.yaml'), 'utf8');
  return text.replace(/ghcr\.io\/rehup\/rehup:\S+/, REHUP_IMAGE);
}

async function applyText(manifest: string): Promise<void> {
  await kubectl(['apply', `--namespace=${namespace()}`, '--filename=-'], { input: manifest });
}

interface PodList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly spec: { readonly containers: readonly { readonly name: string }[] };
  }[];
}

async function followPodOf(name: string): Promise<Pod> {
  const found = await waitForCluster(`a pod of ${name}`, async () => {
    const selector = `--selector=app.kubernetes.io/name=${name}`;
    const pods = await kubectlJson<PodList>([
      'get',
      'pods',
      `--namespace=${namespace()}`,
      selector,
    ]);
    return pods.items[0];
  });
  const containers = found.spec.containers.map((container) => container.name);
  return followPod({ namespace: namespace(), name: found.metadata.name }, containers);
}

async function waitToShow(pod: Pod, show: Example['show'], text: string): Promise<void> {
  await waitForCluster(`the application to show "${text}"`, async () =>
    (await show(pod)).includes(text),
  );
}
