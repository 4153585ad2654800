// The library chart: what it renders in a chart of somebody else, and what it refuses.
import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { rehupCommand } from '../support/start-rehup.ts';
import { createTempDir, type TempDir } from '../support/temp-dir.ts';
import { helm } from '../support/tools.ts';

const root = join(import.meta.dirname, '../..');
const charts = join(root, 'examples/helm');
const read = (file: string): Promise<string> => readFile(join(root, file), 'utf8');

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly ports?: readonly { readonly containerPort: number }[];
}

interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

it('has the version of rehup', async () => {
  const { version } = JSON.parse(await read('package.json')) as { version: string };
  const chart = await read('examples/helm/rehup/Chart.yaml');
  expect(chart).toContain(`\nversion: ${version}\nappVersion: ${version}\n`);
  expect(await read('examples/helm/my-app/Chart.yaml')).toContain(
    `version: ${version}\n    repository:`,
  );
  expect(await read('examples/helm/rehup/values.yaml')).toContain(`rehup/rehup:${version}\n`);
});

describe.skipIf(helm.missing)(`the library chart${helm.note}`, () => {
  let directory: TempDir;
  let chart: string;

  beforeAll(async () => {
    directory = await createTempDir('rehup-charts-');
    chart = join(directory.path, 'my-app');
    await cp(join(charts, 'my-app'), chart, { recursive: true });
    await rm(join(chart, 'charts'), { recursive: true, force: true });
    // As it is published: a file, with the schema in it.
    await run('package', join(charts, 'rehup'), '--destination', join(chart, 'charts'));
  });

  afterAll(() => directory[Symbol.asyncDispose]());

  /** Helm keeps what it knows below HOME. */
  async function run(...args: string[]): Promise<string> {
    const env = { PATH: process.env['PATH'], HOME: directory.path };
    return (await execa(helm.command, args, { env, extendEnv: false })).stdout;
  }

  async function template(rehup: object, ...args: string[]): Promise<string> {
    const values = join(directory.path, 'values.json');
    await writeFile(values, JSON.stringify({ rehup }));
    return await run('template', 'shop', chart, '--values', values, ...args);
  }

  async function render(rehup: object, ...args: string[]): Promise<PodSpec> {
    const objects = parseAllDocuments(await template(rehup, ...args)).map(
      (document) => document.toJS() as { kind: string; spec: { template: { spec: PodSpec } } },
    );
    const workload = objects.find(({ kind }) => kind === 'Deployment');
    if (workload === undefined) throw new Error('no Deployment');
    return workload.spec.template.spec;
  }

  async function renderRehup(rehup: object): Promise<Container> {
    const [container] = (await render(rehup)).initContainers ?? [];
    if (container === undefined) throw new Error('no rehup');
    return container;
  }

  it('and a chart that uses it are sound', async () => {
    for (const each of [join(charts, 'rehup'), chart])
      expect(await run('lint', '--strict', each)).toContain('0 chart(s) failed');
  });

  it.each([
    { values: {}, args: [] },
    { values: { native: false }, args: ['--kube-version', '1.28'] },
    { values: { api: true }, args: [] },
    { values: { env: { REHUP_LISTEN: ':9000', REHUP_SIGNAL: 'USR1' } }, args: [] },
  ])('render to what lint has nothing against: $values', async ({ values, args }) => {
    const [node = '', ...command] = rehupCommand(['lint', '--fail-on', 'warning']);
    const input = await template(values, ...args);
    const version = args.length > 0 ? ['--kubernetes', '1.28'] : [];
    const { stdout, exitCode } = await execa(node, [...command, ...version, '-'], {
      input,
      reject: false,
    });
    expect({ stdout, exitCode }).toMatchObject({ exitCode: 0 });
  });

  it('is one of the containers where it is to be', async () => {
    const { containers, initContainers } = await render({ native: false });
    expect(initContainers).toBeUndefined();
    expect(containers.map(({ name }) => name)).toEqual(['my-app', 'rehup']);
  });

  it('writes each value as a person would', async () => {
    const env = { A: 1_000_000, B: 0.5, C: true, D: '007', REHUP_RETRIES: 3 };
    const { env: written = [] } = await renderRehup({ env });
    expect(Object.fromEntries(written.map(({ name, value }) => [name, value]))).toMatchObject({
      A: '1000000',
      B: '0.5',
      C: 'true',
      D: '007',
      REHUP_RETRIES: '3',
    });
  });

  it('has the rule by which rehup has the pod restarted', async () => {
    const env = { REHUP_RESTART: 'pod', REHUP_STATE_DIR: '/var/lib/rehup' };
    expect(await renderRehup({ env })).toMatchObject({
      restartPolicy: 'Always',
      restartPolicyRules: [
        { action: 'RestartAllContainers', exitCodes: { operator: 'In', values: [88] } },
      ],
    });
    expect(await renderRehup({})).not.toHaveProperty('restartPolicyRules');
  });

  it.each([
    { listen: ':9000', port: 9000 },
    { listen: '9000', port: 9000 },
    { listen: 9000, port: 9000 },
    { listen: 'off', port: undefined },
    { listen: '127.0.0.1:9533', port: undefined },
  ])('has its probes where it listens: $listen', async ({ listen, port }) => {
    const rehup = await renderRehup({ env: { REHUP_LISTEN: listen } });
    expect(rehup.ports?.[0]?.containerPort).toBe(port);
    for (const probe of ['startupProbe', 'livenessProbe'])
      expect(probe in rehup).toBe(port !== undefined);
  });

  it.each([
    [{ env: { REHUP_SIGNL: 'HUP' } }, 'REHUP_SIGNL'],
    [{ imge: 'rehup' }, 'imge'],
    [{ native: 'yes' }, 'native'],
    [{ volumeMounts: [{ name: 'a', mountPath: '/a', subPath: 'b' }] }, 'subPath'],
    [{ env: { REHUP_WATCH: ['/a'] } }, 'REHUP_WATCH'],
  ])('refuses %j, and says where', async (values, where) => {
    await expect(template(values)).rejects.toThrow(where);
  });

  it('takes no native sidecar to a server that would wait for its end', async () => {
    await expect(template({}, '--kube-version', '1.28')).rejects.toThrow('set rehup.native=false');
  });
});
