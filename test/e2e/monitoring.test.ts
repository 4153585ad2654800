import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';

import { apply } from './support/cluster.ts';
import { waitForCluster } from './support/deadline.ts';
import { readManifest } from './support/examples.ts';
import { PROMETHEUS_IMAGE } from './support/image-names.ts';
import { getFromPod, kubectl, kubectlJson } from './support/kubectl.ts';
import { says } from './support/log-line.ts';
import { useNamespace } from './support/namespace.ts';
import { applyText, followPodOf } from './support/example-pod.ts';

const folder = join(import.meta.dirname, '../../examples/monitoring');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

const namespace = useNamespace();

it('has alerts that pass their tests, by promtool', async () => {
  const { spec } = parse(read('prometheus-rule.yaml')) as { spec: unknown };
  const tests = 'prometheus-rule.test.yaml';
  const data = { 'rules.yaml': stringify(spec), [tests]: read(tests) };
  const metadata = { name: 'promtool', namespace: namespace() };
  const command = ['promtool', 'test', 'rules', `/rules/${tests}`];
  const volumeMounts = [{ name: 'rules', mountPath: '/rules' }];
  const container = { name: 'promtool', image: PROMETHEUS_IMAGE, command, volumeMounts };
  const volumes = [{ name: 'rules', configMap: { name: 'promtool' } }];
  const podSpec = { restartPolicy: 'Never', containers: [container], volumes };
  const rules = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
  const run = { apiVersion: 'v1', kind: 'Pod', metadata, spec: podSpec };
  await apply([rules, run]);

  const pod = ['pod', 'promtool', `--namespace=${namespace()}`];
  const end = await waitForCluster('promtool to end', async () => {
    const { status } = await kubectlJson<{ status: { phase: string } }>(['get', ...pod]);
    return ['Succeeded', 'Failed'].find((phase) => phase === status.phase);
  });
  const output = await kubectl(['logs', 'promtool', `--namespace=${namespace()}`]);
  expect({ end, output }).toEqual({ end: 'Succeeded', output: expect.stringContaining('SUCCESS') });
});

interface Dashboard {
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

/** What has nothing to show for a pod in which all goes well, and whose rehup does not ask the API. */
const empty = ['Failures', 'Kubelet lag', 'Held and waiting', 'Content that is not applied'];

it('has a dashboard whose queries find what a Prometheus has scraped', async () => {
  const manifest = await readManifest('prometheus');
  const scrapingRehup = manifest
    .replace('localhost:9090]', 'localhost:9533]\n            labels: { namespace: n, pod: p }')
    .replace('scrape_interval: 30s', 'scrape_interval: 1s');
  await applyText(namespace(), scrapingRehup);
  await using pod = await followPodOf({ namespace: namespace(), name: 'prometheus' });
  await pod.waitForLine('rehup', 'that it watches', says('watching'));
  await applyText(namespace(), scrapingRehup.replace('scrape_interval: 1s', 'scrape_interval: 2s'));
  await pod.pokeUntil(pod.waitForLine('rehup', 'that it has reloaded', says('reloaded')));

  const { panels } = JSON.parse(read('dashboard.json')) as Dashboard;
  for (const { title, targets } of panels) {
    for (const { expr } of targets) {
      const query = encodeURIComponent(withVariables(expr));
      const found = await waitForCluster(`the series of "${title}"`, async () => {
        const answer = await getFromPod(pod, 9090, `/api/v1/query?query=${query}`);
        const { status, data } = JSON.parse(answer) as Answer;
        expect(status).toBe('success');
        return data.result.length > 0 || empty.includes(title) ? data : undefined;
      });
      const isEmpty = found.result.length === 0;
      expect({ title, isEmpty }).toEqual({ title, isEmpty: empty.includes(title) });
    }
  }
});

interface Answer {
  readonly status: string;
  readonly data: { readonly result: readonly unknown[] };
}

/** As Grafana does, with "All" selected. */
function withVariables(expression: string): string {
  return expression
    .replaceAll(/\$(?:namespace|pod|rule)\b/g, '.*')
    .replaceAll(/\$__(?:interval|range)\b/g, '5m');
}
