import { describe, expect, it } from 'vitest';

import { apply, randomName } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { readMemory } from './support/footprint.ts';
import { getFromPod, kubectl, kubectlJson } from './support/kubectl.ts';
import { hasRead, says, type LinePredicate, type LogLine } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { appContainer, configMap, secret, secretVolume } from './support/pod-spec.ts';
import type { VolumeSource } from './support/pod-spec.ts';
import type { Pod } from './support/pod.ts';
import { readRules } from './support/rbac.ts';
import { GREETING, type Scenario, startScenario } from './support/scenario.ts';
import { startSidecarPod } from './support/sidecar-pod.ts';
import { serviceAccount } from './support/workloads.ts';

const SYNC_ANNOTATION = 'rehup.dev/sync';
const UPDATES = 50;
const MEBIBYTE = 2 ** 20;

/** What the issue of memory is measured by: anonymous memory with everything on that prompt sync brings. */
const BUDGET = 26 * MEBIBYTE;

/** A kubelet syncs a pod by itself every 60 to 90 seconds. */
const KUBELET_PERIOD_MS = 60_000;

const namespace = useNamespace();

const asked = says('kubelet asked to sync');

async function linesOf(pod: Pod, container: string, holds: LinePredicate): Promise<LogLine[]> {
  return (await pod.logs(container)).filter(holds);
}

async function isSetUp(pod: Pod): Promise<void> {
  await pod.waitForLine('rehup', 'that prompt sync is set up', says('prompt sync set up'));
}

type Volumes = Readonly<Record<string, VolumeSource>>;

/** With the Role of the examples: the pod, its ConfigMap and perhaps a Secret bear this name. */
async function start(name = randomName('prompt'), volumes: Volumes = {}): Promise<Scenario> {
  const mounts = Object.fromEntries(
    Object.keys(volumes).map((volume) => [volume, `/etc/${volume}`]),
  );
  const scenario = await startScenario(namespace(), {
    name,
    serviceAccountName: name,
    objects: serviceAccount({
      namespace: namespace(),
      name,
      rules: readRules('prompt.yaml', [name]),
    }),
    volumes,
    apps: [{ mounts }],
    rehup: { env: { REHUP_PROMPT: 'true' }, mounts },
  });
  await isSetUp(scenario.pod);
  return scenario;
}

it('brings 50 updates, each with one reload, sooner than a kubelet by itself', async () => {
  await using scenario = await start();
  const { pod } = scenario;
  const latencies: number[] = [];
  for (let update = 1; update <= UPDATES; update += 1) {
    const text = `update ${update}`;
    const patch = JSON.stringify({ data: { greeting: text } });
    const startMs = Date.now();
    await kubectl([
      'patch',
      'configmap',
      pod.name,
      `--namespace=${namespace()}`,
      `--patch=${patch}`,
    ]);
    const line = await pod.waitForLine('app', `"${text}"`, hasRead(GREETING, text));
    latencies.push((line.time ?? Number.NaN) - startMs);
    // The next update must not join a reload that is still being checked.
    await pod.waitForLine('rehup', `reload ${update}`, says('reloaded'), { nth: update });
  }
  expect(await linesOf(pod, 'app', ({ app }) => app === 'reloaded')).toHaveLength(UPDATES);
  const patches = await linesOf(pod, 'rehup', asked);
  expect(patches.length).toBeGreaterThanOrEqual(UPDATES);

  const sorted = latencies.toSorted((one, other) => one - other);
  const at = (part: number): number => sorted[Math.ceil(part * sorted.length) - 1] ?? Number.NaN;
  print('from kubectl patch to the reloaded app, median', `${at(0.5)} ms`);
  print('99th percentile', `${at(0.99)} ms`);
  print('patches of the pod', String(patches.length));
  expect(at(0.5)).toBeLessThan(KUBELET_PERIOD_MS / 2);

  // Scraped, with everything loaded that it will ever need.
  expect(await getFromPod(pod, 9533, '/metrics')).toContain('rehup_reloads_total');
  const memory = await readMemory(pod, 'rehup');
  print('anonymous memory with prompt sync', `${toMebibytes(memory.anonymous)} (${memory.source})`);
  print('working set', toMebibytes(memory.workingSet));
  print('budget', toMebibytes(BUDGET));
  expect(memory.anonymous).toBeLessThanOrEqual(BUDGET);
});

it('brings a Secret, whose content is in no line', async () => {
  const name = randomName('prompt');
  const put = (password: string): Promise<void> => apply([secret(namespace(), name, { password })]);
  await put('first-password');
  await using scenario = await start(name, { credentials: secretVolume(name) });
  await put('second-password');
  const line = await scenario.pod.waitForLine('rehup', 'that it reloaded', says('reloaded'));
  expect(line).toMatchObject({ mount: '/etc/credentials', changed: ['password'] });
  const log = (await scenario.pod.logs('rehup')).map(({ text }) => text).join('\n');
  expect(log).not.toContain('-password');
});

it('sees the object deleted, keeps the content, and brings the one that is made again', async () => {
  await using scenario = await start();
  const { configMapName } = scenario;
  await kubectl(['delete', 'configmap', configMapName, `--namespace=${namespace()}`]);
  await scenario.pod.waitForLine('rehup', 'that it was deleted', says('object deleted'));
  expect(await scenario.pod.exec('app', 'cat', GREETING)).toBe('one');
  await scenario.setGreeting('again');
  await scenario.pod.waitForLine('app', 'the new content', hasRead(GREETING, 'again'));
});

it('does not take its own annotation in a downwardAPI volume for a change', async () => {
  const fieldRef = { fieldPath: 'metadata.annotations' };
  await using scenario = await start(randomName('prompt'), {
    podinfo: { downwardAPI: { items: [{ path: 'annotations', fieldRef }] } },
  });
  const { pod } = scenario;
  await scenario.setGreeting('two');
  await pod.waitForLine('app', 'the new content', hasRead(GREETING, 'two'));
  await waitForCluster('the annotation to show in the volume', async () => {
    return (await pod.exec('app', 'cat', '/etc/podinfo/annotations')).includes(SYNC_ANNOTATION);
  });
  await scenario.setGreeting('three');
  await pod.waitForLine('app', 'the new content', hasRead(GREETING, 'three'));
  await pod.waitForLine('rehup', 'both reloads', says('reloaded'), { nth: 2 });
  const seen = await linesOf(pod, 'rehup', says('update seen'));
  expect(seen.map(({ changed }) => changed)).toEqual([['greeting'], ['greeting']]);
});

it('asks for a change of metadata three times at most, and reloads nothing', async () => {
  await using scenario = await start();
  const { pod } = scenario;
  await kubectl([
    'label',
    'configmap',
    scenario.configMapName,
    'team=web',
    `--namespace=${namespace()}`,
  ]);
  await pod.waitForLine('rehup', 'three patches', asked, { nth: 3 });
  await scenario.setGreeting('two');
  await pod.waitForLine('app', 'the new content', hasRead(GREETING, 'two'));
  await pod.waitForLine('rehup', 'the reload', says('reloaded'));
  expect(await linesOf(pod, 'rehup', says('update seen'))).toHaveLength(1);
  expect((await linesOf(pod, 'rehup', asked)).length).toBeLessThanOrEqual(6);
});

describe('objects that are applied together', () => {
  it('come all, also in one projected volume, with no patch for what has come already', async () => {
    const name = randomName('joint');
    const names = [`${name}-a`, `${name}-b`, `${name}-c`] as const;
    const objects = (text: string) => [
      configMap(namespace(), name, { greeting: text }),
      configMap(namespace(), names[0], { a: text }),
      secret(namespace(), names[1], { b: text }),
      secret(namespace(), names[2], { c: text }),
    ];
    const sources = [{ configMap: { name: names[0] } }, { secret: { name: names[1] } }];
    const mounts = { both: '/etc/both', alone: '/etc/alone' };
    const files = ['/etc/app/greeting', '/etc/both/a', '/etc/both/b', '/etc/alone/c'];
    const account = serviceAccount({
      namespace: namespace(),
      name,
      rules: [
        { apiGroups: [''], resources: ['configmaps', 'secrets'], verbs: ['watch'] },
        { apiGroups: [''], resources: ['pods'], verbs: ['get', 'patch'] },
      ],
    });
    await using sidecar = await startSidecarPod({
      namespace: namespace(),
      name,
      serviceAccountName: name,
      data: { greeting: 'one' },
      objects: [...objects('one').slice(1), ...account],
      volumes: { both: { projected: { sources } }, alone: secretVolume(names[2]) },
      apps: [
        appContainer({
          env: { APP_FILES: files.join(',') },
          mounts: { config: '/etc/app', ...mounts },
        }),
      ],
      rehup: { env: { REHUP_PROMPT: 'true' }, mounts },
    });
    const { pod } = sidecar;
    await isSetUp(pod);
    const version = await annotationOf(pod);
    await apply(objects('two'));
    await pod.waitForLine('app', 'all that is new', ({ app, content }) => {
      return app === 'reloaded' && files.every((file) => content?.[file] === 'two');
    });
    const patches = await linesOf(pod, 'rehup', asked);
    print('patches for four objects in one apply', String(patches.length));
    // How many depends on how fast they are applied: what one sync brings need not be asked for.
    expect(patches.length).toBeLessThanOrEqual(4);
    const ours = [`ConfigMap/${name}`, `ConfigMap/${names[0]}`, ...names.slice(1).map(secretName)];
    expect(ours).toEqual(expect.arrayContaining(patches.flatMap((line) => objectsOf(line))));
    expect(await annotationOf(pod)).not.toBe(version);
  });
});

function secretName(name: string): string {
  return `Secret/${name}`;
}

function objectsOf({ text }: LogLine): string[] {
  const { object } = JSON.parse(text) as { object: string | string[] };
  return [object].flat();
}

async function annotationOf({ name, namespace: inside }: Pod): Promise<string | undefined> {
  const pod = await kubectlJson<{ metadata: { annotations?: Record<string, string> } }>([
    'get',
    'pod',
    name,
    `--namespace=${inside}`,
  ]);
  return pod.metadata.annotations?.[SYNC_ANNOTATION];
}

function toMebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(1)} MiB`;
}

function print(what: string, value: string): void {
  console.log(`e2e: ${what}: ${value}`);
}
