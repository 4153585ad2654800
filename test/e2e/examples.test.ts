import { describe, expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import {
  type Example,
  examples,
  foldersWithManifest,
  notInDebian,
  readManifest,
} from './support/examples.ts';
import { getFromPod, kubectl } from './support/kubectl.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { type Pod, waitForRestart } from './support/pod.ts';
import { applyText, followPodOf } from './support/example-pod.ts';

const namespace = useNamespace();

it('covers every example that has a manifest', () => {
  const covered = [...examples.map(({ name }) => name), ...notInDebian];
  expect(covered.toSorted()).toEqual(foldersWithManifest);
});

describe('the manifest', () => {
  it.each(foldersWithManifest)('of %s is what the API server expects', async (name) => {
    expect(await dryRun(await readManifest(name))).toContain('deployment');
  });

  it('would not be, with a field that there is not', async () => {
    const manifest = await readManifest('nginx');
    const wrong = manifest.replace('mountPath:', 'mountpath:');
    await expect(dryRun(wrong)).rejects.toThrow('mountpath');
  });
});

describe.concurrent('examples', () => {
  it.each(examples)('$name takes an edit', async (example) => {
    const { name, edit, show, restarts = 0, outcome = 'reloaded' } = example;
    const { alongside = () => '' } = example;
    const [from, to] = edit;
    const manifest = await readManifest(name);
    await applyText(namespace(), manifest, await alongside(from));
    await using pod = await followPodOf({ namespace: namespace(), name });
    await pod.waitForLine('rehup', 'that it watches', says('watching'));
    await waitToShow(pod, show, from);

    await applyText(namespace(), manifest.replace(from, to), await alongside(to));
    await pod.pokeUntil(waitToShow(pod, show, to));

    const line = await pod.waitForLine('rehup', 'that it has reloaded', says(outcome));
    expect(line).toMatchObject({ outcome });
    const [app = ''] = pod.containers;
    // The kubelet tells the API of a restart some time after it.
    await waitForRestart(pod, app, restarts);
    expect(await pod.status(app)).toMatchObject({ restartCount: restarts });
  });
});

it('goes back, in the example that watches by itself, to what the app could use', async () => {
  const [name, good] = ['watching-app-goes-back', 'hello'];
  const example = 'publish-watching-app';
  const manifest = (await readManifest(example)).replaceAll(example, name);
  await applyText(namespace(), manifest);
  await using pod = await followPodOf({ namespace: namespace(), name });
  const show = (): Promise<string> => getFromPod(pod, 8080, '/').catch(() => '');
  await waitToShow(pod, show, good);

  const broken = manifest.replace('{ "greeting"', '{ greeting');
  await applyText(namespace(), broken);
  await pod.pokeUntil(pod.waitForLine('rehup', 'that it holds it', says('held')));
  expect(await show()).toContain(good);

  await applyText(namespace(), manifest.replace('"greeting"', '"greting"'));
  const isBack = pod.waitForLine(
    'rehup',
    'that it went back',
    ({ outcome }) => outcome === 'rolled-back',
  );
  await pod.pokeUntil(isBack);
  await waitToShow(pod, show, good);
});

it('holds, in the example with nginx, what nginx itself refuses', async () => {
  const [example, name, good] = ['publish-nginx', 'nginx-refuses', 'hello'];
  const manifest = (await readManifest(example)).replaceAll(example, name);
  await applyText(namespace(), manifest);
  await using pod = await followPodOf({ namespace: namespace(), name });
  const show = (): Promise<string> => getFromPod(pod, 8080, '/').catch(() => '');
  await waitToShow(pod, show, good);

  await applyText(namespace(), manifest.replace('return 200', 'retrun 200'));
  const held = pod.waitForLine('rehup', 'that it holds it', says('held'));
  await pod.pokeUntil(held);
  expect(JSON.stringify(await pod.logs('rehup'))).toContain('unknown directive');
  expect(await show()).toContain(good);
});

it('holds, in the example with certificates, one that came without its key', async () => {
  const [example, name, good] = ['publish-certificates', 'other-key', 'CN=one'];
  const { show, alongside } = examples.find((one) => one.name === example) ?? {};
  if (show === undefined || alongside === undefined) throw new Error(`no example ${example}`);
  const secretOf = async (edition: string): Promise<Secret> =>
    JSON.parse((await alongside(edition)).replaceAll(example, name)) as Secret;
  const secret = await secretOf(good);
  const manifest = (await readManifest(example)).replaceAll(example, name);
  await applyText(namespace(), manifest, JSON.stringify(secret));
  await using pod = await followPodOf({ namespace: namespace(), name });
  await pod.waitForLine('rehup', 'that it watches', says('watching'));
  await waitToShow(pod, show, good);

  const { stringData: other } = await secretOf('CN=two');
  const stringData = { ...secret.stringData, 'tls.crt': other['tls.crt'] };
  await applyText(namespace(), JSON.stringify({ ...secret, stringData }));
  const line = await pod.pokeUntil(pod.waitForLine('rehup', 'that it holds it', says('held')));
  expect(line.reason).toContain('tls.key');
  expect(await show(pod)).toContain(good);
});

it('trusts, in the example with a CA that is replaced, the earlier one as well', async () => {
  const [example, name] = ['publish-trust', 'earlier-authority'];
  const { show, alongside } = examples.find((one) => one.name === example) ?? {};
  if (show === undefined || alongside === undefined) throw new Error(`no example ${example}`);
  const secretOf = async (edition: string): Promise<string> =>
    (await alongside(edition)).replaceAll(example, name);
  const manifest = (await readManifest(example)).replaceAll(example, name);
  await applyText(namespace(), manifest, await secretOf('CN=one'));
  await using pod = await followPodOf({ namespace: namespace(), name });
  await pod.waitForLine('rehup', 'that it watches', says('watching'));
  await waitToShow(pod, show, 'CN=one');
  await applyText(namespace(), await secretOf('CN=two'));
  await pod.pokeUntil(waitToShow(pod, show, 'CN=two'));

  const bundle = await pod.exec('nginx', 'cat', '/etc/nginx-config/ca.crt');
  expect(bundle.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
  expect(bundle).toMatch(/^# until \d{4}-\d{2}-\d{2}T/m);
});

it('takes back, in the example with Prometheus, what that refuses, and has filled in the rest', async () => {
  const [example, name] = ['publish-prometheus', 'prometheus-refuses'];
  const manifest = (await readManifest(example)).replaceAll(example, name);
  await applyText(namespace(), manifest);
  await using pod = await followPodOf({ namespace: namespace(), name });
  const ask = (path: string): Promise<string> => getFromPod(pod, 9090, path).catch(() => '');
  const config = (): Promise<string> => ask('/api/v1/status/config');
  await waitToShow(pod, config, 'scrape_interval: 30s');
  expect(await config()).toContain('cluster: home');
  expect(await config()).toContain(`replica: ${pod.name}`);
  await waitToShow(pod, () => ask('/api/v1/rules'), 'job:up:sum');

  const refused = manifest.replace('scrape_interval: 30s', 'scrape_interval: 30x');
  await applyText(namespace(), refused);
  const isBack = pod.waitForLine(
    'rehup',
    'that it went back',
    ({ outcome }) => outcome === 'rolled-back',
  );
  await pod.pokeUntil(isBack);
  expect(await config()).toContain('scrape_interval: 30s');

  await applyText(namespace(), manifest.replace('scrape_interval: 30s', 'scrape_interval: 10s'));
  await pod.pokeUntil(waitToShow(pod, config, 'scrape_interval: 10s'));
});

interface Secret {
  readonly stringData: Readonly<Record<string, string>>;
}

/** Fails for a field that the schema of the API server does not have. */
function dryRun(manifest: string): Promise<string> {
  const checks = ['--dry-run=server', '--validate=true', '--output=name'];
  const command = ['apply', `--namespace=${namespace()}`, ...checks, '--filename=-'];
  return kubectl(command, { input: manifest });
}

async function waitToShow(pod: Pod, show: Example['show'], text: string): Promise<void> {
  await waitForCluster(`the application to show "${text}"`, async () =>
    (await show(pod)).includes(text),
  );
}
