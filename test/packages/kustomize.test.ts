// The components as an overlay of somebody else takes them: from a repository, at a release of it.
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { createTempDir } from '../support/temp-dir.ts';
import { rehupCommand } from '../support/start-rehup.ts';
import { kustomize } from '../support/tools.ts';

const examples = join(import.meta.dirname, '../../examples');
const components = join(examples, 'kustomize');

interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartPolicy?: string;
  readonly env?: readonly object[];
  readonly volumeMounts: readonly { readonly name: string }[];
}

interface PodSpec {
  readonly shareProcessNamespace: boolean;
  readonly serviceAccountName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Workload {
  readonly kind: string;
  readonly spec: { readonly template: { readonly spec: PodSpec } };
}

/** Without the settings that git may have here. */
async function build(folder: string): Promise<string> {
  const env = { PATH: process.env['PATH'], HOME: folder };
  return (await execa(kustomize.command, ['build', folder], { env, extendEnv: false })).stdout;
}

function podSpecOf(yaml: string): PodSpec {
  const objects = parseAllDocuments(yaml).map((document) => document.toJS() as Workload);
  const workload = objects.find(({ kind }) => kind === 'Deployment');
  if (workload === undefined) throw new Error(`no Deployment in\n${yaml}`);
  return workload.spec.template.spec;
}

const namesOf = (containers: readonly Container[] = []): string[] =>
  containers.map(({ name }) => name);

const RELEASE = 'https://github.com/rehup/rehup//';

/** The kustomization of the page, in a folder with a workload of somebody else; the release is a repository of this machine. */
async function writeOverlay(folder: string): Promise<void> {
  const page = await readFile(join(components, 'README.md'), 'utf8');
  const [, kustomization = ''] = /^```yaml\n([\s\S]*?)^```$/m.exec(page) ?? [];
  const [, tag = ''] = /\?ref=(\S+)/.exec(kustomization) ?? [];
  const repository = join(folder, 'repository');
  await cp(components, join(repository, 'examples/kustomize'), { recursive: true });
  const author = ['-c', 'user.name=nobody', '-c', 'user.email=nobody@example.com'];
  for (const args of [
    ['init', '--quiet'],
    ['add', '.'],
    ['commit', '--quiet', '-m', 'All'],
    ['tag', tag],
  ]) {
    await execa('git', ['-C', repository, ...author, ...args], {
      env: { PATH: process.env['PATH'], HOME: folder },
      extendEnv: false,
    });
  }
  const text = kustomization.replaceAll(RELEASE, `file://${repository}//`);
  await writeFile(join(folder, 'kustomization.yaml'), text);
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'shop', labels: { 'rehup.dev/sidecar': 'true' } },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      template: {
        metadata: { labels: { app: 'shop' } },
        spec: {
          securityContext: { runAsUser: 1000 },
          initContainers: [{ name: 'migrate', image: 'example.com/shop:1.0' }],
          containers: [
            {
              name: 'shop',
              image: 'example.com/shop:1.0',
              volumeMounts: [{ name: 'my-config', mountPath: '/etc/shop' }],
            },
          ],
          volumes: [{ name: 'my-config', configMap: { name: 'shop' } }],
        },
      },
    },
  };
  await writeFile(join(folder, 'deployment.yaml'), JSON.stringify(deployment));
}

async function expectNoFindings(manifest: string): Promise<void> {
  const [node = '', ...args] = rehupCommand(['lint', '-']);
  const { stdout, exitCode } = await execa(node, args, { input: manifest, reject: false });
  expect({ stdout, exitCode }).toEqual({
    stdout: expect.not.stringMatching(/: (?:error|warning): /),
    exitCode: 0,
  });
}

describe.skipIf(kustomize.missing)(`the Kustomize components${kustomize.note}`, () => {
  it('are taken from a release by the kustomization of their page', async () => {
    await using directory = await createTempDir();
    await writeOverlay(directory.path);
    const manifest = await build(directory.path);
    const pod = podSpecOf(manifest);
    // Before what else is there, so that it sees what the app starts with.
    expect(namesOf(pod.initContainers)).toEqual(['rehup', 'migrate']);
    const [rehup] = pod.initContainers ?? [];
    expect(rehup).toMatchObject({
      image: 'ghcr.io/rehup/rehup:0.1.0',
      restartPolicy: 'Always',
      env: [{ name: 'REHUP_SIGNAL', value: 'SIGUSR1' }],
      volumeMounts: [{ name: 'my-config', mountPath: '/etc/watched/config' }],
    });
    await expectNoFindings(manifest);
  });

  it.each([{ used: ['rehup', 'rehup-plain'] }, { used: ['rehup', 'rehup-api', 'rehup-plain'] }])(
    'make a plain container of it for older servers: $used',
    async ({ used }) => {
      await using directory = await createTempDir();
      await cp(components, directory.path, { recursive: true });
      const app = join(directory.path, 'my-app');
      const file = join(app, 'kustomization.yaml');
      const text = await readFile(file, 'utf8');
      const named = used.map((name) => `  - ../${name}\n`);
      await writeFile(file, text.replace('  - ../rehup\n', named.join('')));
      const manifest = await build(app);
      const pod = podSpecOf(manifest);
      expect(namesOf(pod.initContainers)).toEqual([]);
      expect(namesOf(pod.containers)).toEqual(['my-app', 'rehup']);
      const rehup = pod.containers.at(-1);
      expect(rehup).not.toHaveProperty('restartPolicy');
      const mounts = rehup?.volumeMounts.map(({ name }) => name) ?? [];
      expect(mounts.includes('rehup-token')).toBe(used.includes('rehup-api'));
      expect(pod.serviceAccountName).toBe(used.includes('rehup-api') ? 'rehup' : undefined);
      await expectNoFindings(manifest);
    },
  );

  it('have an example in which nothing is to be found', async () => {
    const manifest = await build(join(components, 'my-app'));
    expect(namesOf(podSpecOf(manifest).initContainers)).toEqual(['rehup']);
    await expectNoFindings(manifest);
  });
});
