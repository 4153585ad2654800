import { expect, it } from 'vitest';

import { waitForCluster } from './support/deadline.ts';
import { applyText, followPodOf } from './support/example-pod.ts';
import { readManifest } from './support/examples.ts';
import { readMemory } from './support/footprint.ts';
import { APP_IMAGE } from './support/image-names.ts';
import { getFromPod } from './support/kubectl.ts';
import { openConfigMaps } from './support/labelled.ts';
import { type LogLine, says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { configMap, type DataObject } from './support/pod-spec.ts';
import type { Pod } from './support/pod.ts';

const EXAMPLE = 'grafana-dashboards';
const DASHBOARDS = '/var/lib/dashboards';
const OBJECTS = 500;
const MEBIBYTE = 2 ** 20;

const namespace = useNamespace();

/** Stands in for Grafana: is healthy, and takes a reload from the administrator, at the same paths. */
const STAND_IN = `
const wanted = 'Basic ' + Buffer.from('admin:' + process.env.GF_SECURITY_ADMIN_PASSWORD).toString('base64');
require('http').createServer(({ method, url, headers }, response) => {
  if (url === '/api/health') return response.end('{}');
  if (method !== 'POST' || url !== '/api/admin/provisioning/dashboards/reload') return response.writeHead(404).end();
  if (headers.authorization !== wanted) return response.writeHead(401).end();
  console.log(JSON.stringify({ app: 'reloaded', by: 'http' }));
  response.end('{"message":"Dashboards config reloaded"}');
}).listen(3000);
process.on('SIGTERM', () => process.exit(0));
`;

/** As a program walks through a directory: links are followed, hidden names are not. */
const LIST = `
const { readdirSync, readFileSync, statSync } = require('fs');
const walk = (dir) => readdirSync(dir).filter((name) => !name.startsWith('..')).flatMap((name) =>
  statSync(dir + '/' + name).isDirectory() ? walk(dir + '/' + name) : [dir + '/' + name]);
const root = process.argv[1];
console.log(JSON.stringify(walk(root).map((path) =>
  path.slice(root.length + 1) + ' ' + JSON.parse(readFileSync(path, 'utf8')).title).sort()));
`;

it(`collects ${OBJECTS} dashboards by the example, and goes with them`, async () => {
  const manifest = await readManifest(EXAMPLE);
  const image = `image: ${APP_IMAGE}\n          command: ${JSON.stringify(['node', '--eval', STAND_IN])}`;
  const stop = new AbortController();
  const maps = openConfigMaps(stop.signal);
  const all = range(0, OBJECTS);
  await maps.create(all.map((index) => dashboard(index)));
  await applyText(namespace(), manifest.replace(/image: docker\.io\/grafana\/grafana:\S+/, image));
  await using pod = await followPodOf({ namespace: namespace(), name: EXAMPLE });
  await pod.waitForLine('rehup', 'that it has published', says('published'));
  await shows(pod, all.map(describe));
  expect(await countObjects(pod)).toBe(OBJECTS + 1);
  print(
    'anonymous memory',
    `${((await readMemory(pod, 'rehup')).anonymous / MEBIBYTE).toFixed(1)} MiB`,
  );

  // Some go, some come, some lose the label, some are edited, and some move into another folder: at once.
  const before = await countReloads(pod);
  await Promise.all([
    maps.remove(range(0, 100).map((index) => dashboard(index))),
    maps.create(range(OBJECTS, 600).map((index) => dashboard(index))),
    ...range(100, 150).map((index) => maps.patch(dashboard(index, { grafana_dashboard: '0' }))),
    ...range(150, 200).map((index) => maps.patch(dashboard(index, {}, 'edited'))),
    ...range(200, 250).map((index) => maps.patch(dashboard(index, {}, '', 'Moved'))),
  ]);
  const rest = range(250, 600).map(describe);
  const edited = range(150, 200).map((index) => `${describe(index)} edited`);
  const moved = range(200, 250).map((index) => `Moved/${index}.json ${titleOf(index)}`);
  await shows(pod, [...rest, ...edited, ...moved]);
  expect(await countObjects(pod)).toBe(450 + 1);
  const reloads = await waitForCluster('the reload', async () => {
    const count = (await countReloads(pod)) - before;
    return count > 0 && count;
  });
  print('reloads for 350 changes', String(reloads));
  // As many as there were pauses between the requests: not one for each.
  expect(reloads).toBeLessThan(35);

  await maps.patch(dashboard(300, {}, '", "not": JSON'));
  await pod.waitForLine('rehup', 'that it is held', says('held'));
  await shows(pod, [...rest, ...edited, ...moved]);
  // What is held is looked at again and again; what was read for it is tidied up in between.
  const memory = await waitForCluster('the memory to be within its budget', async () => {
    const mebibytes = (await readMemory(pod, 'rehup')).anonymous / MEBIBYTE;
    return mebibytes < 40 && mebibytes;
  });
  print('anonymous memory while content is held', `${memory.toFixed(1)} MiB`);
  expect(await pod.logs('rehup')).not.toContainEqual(
    expect.objectContaining({ msg: 'kubernetes api problem' }),
  );
  stop.abort();
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, index) => from + index);
}

function titleOf(index: number): string {
  return `dashboard ${index}`;
}

function folderOf(index: number): string {
  return `Team ${index % 7}`;
}

/** The file of a dashboard, and its title. */
function describe(index: number): string {
  return `${folderOf(index)}/${index}.json ${titleOf(index)}`;
}

/** About 2 kB, as a small dashboard has. */
function dashboard(
  index: number,
  labels: Readonly<Record<string, string>> = {},
  more = '',
  folder = folderOf(index),
): DataObject {
  const title = more === '' ? titleOf(index) : `${titleOf(index)} ${more}`;
  const text = `{"title": "${title}", "uid": "d${index}", "panels": ["${'x'.repeat(2000)}"]}`;
  const object = configMap(namespace(), `dashboard-${index}`, { [`${index}.json`]: text });
  const metadata = {
    ...object.metadata,
    labels: { grafana_dashboard: '1', ...labels },
    annotations: { 'k8s-sidecar-target-directory': folder },
  };
  return { ...object, metadata };
}

/** Beside the one that the example brings. */
async function shows(pod: Pod, dashboards: readonly string[]): Promise<void> {
  const wanted = ['Team A/hello.json Hello', ...dashboards].toSorted();
  await waitForCluster(`${wanted.length} dashboards`, async () => {
    const text = await pod.exec('grafana', 'node', '-e', LIST, DASHBOARDS);
    expect((JSON.parse(text) as string[]).toSorted()).toEqual(wanted);
    return true;
  });
}

async function countObjects(pod: Pod): Promise<number> {
  const metrics = await getFromPod(pod, 9533, '/metrics');
  return Number(/^rehup_source_objects\{rule="default"\} (\d+)$/m.exec(metrics)?.[1]);
}

async function countReloads(pod: Pod): Promise<number> {
  return (await pod.logs('grafana')).filter(isReload).length;
}

function isReload({ app }: LogLine): boolean {
  return app === 'reloaded';
}

function print(what: string, value: string): void {
  console.log(`e2e: ${what}: ${value}`);
}
