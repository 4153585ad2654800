import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import { REHUP_IMAGE } from './support/image-names.ts';
import { getFromPod, kubectl, kubectlJson } from './support/kubectl.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { followPod, type Pod } from './support/pod.ts';

/** What a user does with an example, and where the application shows that it has taken the change. */
interface Example {
  readonly name: string;
  readonly edit: readonly [from: string, to: string];
  readonly port: number;
  readonly path: string;
}

const examples: readonly Example[] = [
  { name: 'nginx', edit: ['hello', 'good evening'], port: 8080, path: '/' },
  {
    name: 'prometheus',
    edit: ['scrape_interval: 30s', 'scrape_interval: 20s'],
    port: 9090,
    path: '/api/v1/status/config',
  },
];

const folder = join(import.meta.dirname, '../../examples');
const namespace = useNamespace();

it('covers every example that has a manifest', () => {
  const withManifest = readdirSync(folder).filter((name) =>
    existsSync(join(folder, name, 'manifest.yaml')),
  );
  expect(examples.map(({ name }) => name)).toEqual(withManifest.toSorted());
});

it.each(examples)('examples/$name takes an edit of its ConfigMap', async (example) => {
  const { name, edit, port, path } = example;
  const [from, to] = edit;
  const manifest = await readManifest(name);
  await applyText(manifest);
  await using pod = await followPodOf(name);
  await pod.waitForLine('rehup', 'that it watches', says('watching'));
  await waitForAnswer(pod, port, path, from);

  await applyText(manifest.replace(from, to));
  await pod.pokeUntil(waitForAnswer(pod, port, path, to));

  const line = await pod.waitForLine('rehup', 'that it has reloaded', says('reloaded'));
  expect(line).toMatchObject({ outcome: 'reloaded' });
  expect(await pod.status(name)).toMatchObject({ restartCount: 0 });
});

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

async function waitForAnswer(pod: Pod, port: number, path: string, text: string): Promise<void> {
  await waitForCluster(`${path} to show "${text}"`, async () => {
    return (await getFromPod(pod, port, path)).includes(text);
  });
}
