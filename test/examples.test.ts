// The examples agree with the code, and with each other.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';

import { isSettled, outcomes } from '../src/sidecar/outcome.ts';
import { createMetrics } from '../src/sidecar/report/metrics.ts';
import { createTally } from '../src/sidecar/report/tally.ts';
import { rehupCommand } from './support/start-rehup.ts';

const folder = join(import.meta.dirname, '../examples');
const read = (file: string): string => readFileSync(join(folder, file), 'utf8');

const manifests = globSync('*/manifest.yaml', { cwd: folder }).toSorted();

interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly volumeMounts: readonly { readonly name: string; readonly subPath?: string }[];
  readonly resources?: unknown;
  readonly securityContext?: unknown;
}

interface PodSpec {
  readonly shareProcessNamespace?: boolean;
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string; readonly emptyDir?: unknown }[];
}

describe.each(manifests)('%s', (manifest) => {
  const { containers, volumes } = podSpecOf(manifest);
  const rehup = containers.find(({ name }) => name === 'rehup');

  it('has the sidecar that all others have', () => {
    const [first = ''] = manifests;
    const model = podSpecOf(first).containers.find(({ name }) => name === 'rehup');
    const { image, resources, securityContext } = model ?? {};

    expect(rehup).toMatchObject({ image, resources, securityContext });
  });

  it('mounts whole volumes of all that the kubelet writes', () => {
    const own = new Set(volumes.flatMap(({ name, emptyDir }) => (emptyDir ? name : [])));
    const subPaths = containers.flatMap(({ volumeMounts }) =>
      volumeMounts.filter(({ name, subPath }) => subPath !== undefined && !own.has(name)),
    );
    expect(subPaths).toEqual([]);
  });

  it('has a page that says what the app does with new content, and where that is written', () => {
    const page = read(manifest.replace('manifest.yaml', 'README.md'));
    // Nobody documents an app that does nothing.
    const hasSource = /\]\(https:\/\/(?!github\.com\/rehup)/.test(page);
    expect(hasSource || manifest === 'restart/manifest.yaml').toBe(true);
  });
});

it('has manifests in which rehup lint finds nothing to warn of', async () => {
  const [file = '', ...args] = rehupCommand(['lint', ...manifests]);
  const options = { cwd: folder, extendEnv: false, reject: false };
  const { exitCode, stdout, stderr } = await execa(file, args, options);

  expect(stdout).toContain(`${manifests.length} workloads`);
  // Notes are allowed: what the app mounts for itself alone.
  expect(stdout).not.toMatch(/: (?:error|warning): /);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
});

interface Template {
  readonly spec: { readonly template: { readonly spec: Record<string, unknown> } };
}

const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';

const specOf = (file: string): Record<string, unknown> =>
  (parse(read(file)) as Template).spec.template.spec;

describe('the token of the service account', () => {
  it.each([
    ['rbac/token.yaml', 'containers'],
    ['kustomize/rehup-api/token.yaml', 'initContainers'],
  ])('is for rehup alone in %s, and for an hour', (file, list) => {
    const { volumes, ...pod } = specOf(file);
    const mount = { name: 'rehup-token', mountPath: TOKEN_PATH, readOnly: true };
    expect(pod).toEqual({
      serviceAccountName: 'rehup',
      automountServiceAccountToken: false,
      [list]: [expect.objectContaining({ name: 'rehup', volumeMounts: [mount] })],
    });
    expect(volumes).toEqual(specOf('rbac/token.yaml')['volumes']);
    expect(JSON.stringify(volumes)).toContain('{"path":"token","expirationSeconds":3600}');
  });

  it('is the same volume in the chart', () => {
    const chart = read('helm/rehup/templates/_rehup.tpl');
    const [, volume = ''] =
      /define "rehup\.volumes" -\}\}\n\{\{- if [^\n]+\n([^{]+)\{\{/.exec(chart) ?? [];
    expect(parse(volume)).toEqual(specOf('rbac/token.yaml')['volumes']);
  });

  it.each(['prompt', 'rollout'])('comes with the policy in %s.yaml', (role) => {
    const text = read(`rbac/${role}.yaml`);
    expect(text).toContain('kubectl apply -f examples/rbac/own-pod-policy.yaml');
    expect(text).toContain('--patch-file examples/rbac/token.yaml');
  });
});

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; h: number };
  readonly targets: readonly { readonly expr: string }[];
}

interface Dashboard {
  readonly templating: {
    readonly list: readonly { readonly name: string; readonly definition?: string }[];
  };
  readonly panels: readonly Panel[];
}

/** A series that Prometheus makes of others. */
interface Recorded {
  readonly record: string;
  readonly expr: string;
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

const dashboard = JSON.parse(read('monitoring/dashboard.json')) as Dashboard;
const { spec } = parse(read('monitoring/prometheus-rule.yaml')) as {
  spec: { groups: readonly { rules: readonly (Alert | Recorded)[] }[] };
};
const rules = spec.groups.flatMap((group) => group.rules);
const alerts = rules.flatMap((rule) => ('alert' in rule ? [rule] : []));
const recorded = rules.flatMap((rule) => ('record' in rule ? [rule] : []));

const panels = dashboard.panels.map((panel) => [panel.title, panel] as const);

describe('the dashboard', () => {
  it('has no two panels with one id', () => {
    const ids = dashboard.panels.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('has no two panels in one place', () => {
    const cells = dashboard.panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
  });

  it.each(panels)('asks in "%s" for what there is', async (_title, { targets }) => {
    const known = await seriesOfRehup();
    for (const { expr } of targets) expect(unknownIn(expr, known)).toEqual([]);
  });

  it.each(panels)('selects in "%s" by namespace and pod', (_title, { targets }) => {
    for (const { expr } of targets) {
      const selected = expr.match(/\{namespace=~"\$namespace", pod=~"\$pod"/g) ?? [];
      // What stands behind unless needs no selector of its own.
      const asked = expr.replaceAll(/unless rehup_\w+/g, '').match(/rehup_\w+/g) ?? [];
      expect(selected).toHaveLength(asked.length);
    }
  });

  it('asks in its variables for what there is', async () => {
    const known = await seriesOfRehup();
    const asked = dashboard.templating.list.map(({ definition = '' }) => definition).join(' ');

    expect(asked).toContain('rehup_');
    expect(unknownIn(asked, known)).toEqual([]);
  });

  it('counts as failures all outcomes but those after which nothing is left to do', () => {
    const failures = dashboard.panels.find(({ title }) => title === 'Failures');
    const [, left = ''] = /outcome!~"([^"]*)"/.exec(failures?.targets[0]?.expr ?? '') ?? [];
    // Whoever waits for others has not failed.
    expect(left.split('|')).toEqual([...outcomes.filter(isSettled), 'waiting']);
  });
});

/** Without the series that the rules make themselves. */
function withoutRecorded(expr: string): string {
  return recorded.reduce((text, { record }) => text.replaceAll(record, ''), expr);
}

describe('the recording rules', () => {
  it.each(recorded.map(({ record, expr }) => [record, expr] as const))(
    'make %s of what there is',
    async (_, expr) => {
      expect(unknownIn(expr, await seriesOfRehup())).toEqual([]);
    },
  );
});

describe('the alerts', () => {
  it.each(alerts.map((alert) => [alert.alert, alert] as const))(
    'ask in %s for what there is',
    async (_name, { expr, annotations, labels }) => {
      expect(expr).toContain('rehup_');
      expect(unknownIn(withoutRecorded(expr), await seriesOfRehup())).toEqual([]);
      const named = [...expr.matchAll(/outcome="([^"]*)"/g)].flatMap(([, name]) => name ?? []);
      expect(outcomes).toEqual(expect.arrayContaining(named));
      expect(annotations.summary).not.toMatch(/\.$/);
      expect(['info', 'warning', 'critical']).toContain(labels.severity);
    },
  );

  it.each(alerts.map(({ alert }) => alert))('have a test and a description of %s', (alert) => {
    expect(read('monitoring/prometheus-rule.test.yaml')).toContain(`alertname: ${alert}`);
    expect(read('monitoring/README.md')).toContain(`| \`${alert}\` `);
  });
});

function podSpecOf(manifest: string): PodSpec {
  const objects = parseAllDocuments(read(manifest)).map((document): unknown => document.toJS());
  const workload = objects.find(
    (object): object is { spec: { template: { spec: PodSpec } } } =>
      typeof object === 'object' && object !== null && 'spec' in object,
  );
  if (workload === undefined) throw new Error(`${manifest} has no workload`);
  return workload.spec.template.spec;
}

/** The names of all series that a scrape can bring, those of a histogram included. */
async function seriesOfRehup(): Promise<Set<string>> {
  const metrics = createMetrics(createTally(), { version: '0', node: '0' });
  const types = [...(await metrics.render()).matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const names = types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((end) => name + end) : [name],
  );
  return new Set(names);
}

function unknownIn(expression: string, known: ReadonlySet<string>): string[] {
  return (expression.match(/\brehup_\w+/g) ?? []).filter((name) => !known.has(name));
}
