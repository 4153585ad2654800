import { globSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  createApp,
  createDeployment,
  createPod,
  createRehup,
  toManifest,
} from '../../../support/manifest.ts';
import { pipeRehup } from '../../../support/pipe-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const sound = toManifest(createDeployment(createPod(createApp(), createRehup())));
const broken = sound.replace('shareProcessNamespace: true', 'shareProcessNamespace: false');
const crowded = toManifest(
  createDeployment(createPod({ ...createApp(), ports: [{ containerPort: 9533 }] }, createRehup())),
);

describe('rehup lint', () => {
  it('says where the mistake is, why it is one, and what to write', async () => {
    expect(await pipeRehup(['lint', '-'], broken)).toEqual({
      exitCode: 5,
      stderr: '',
      stdout: `stdin:8:7: error: rehup cannot see the processes of the app [process-namespace-not-shared]
  in: Deployment/my-app
  why: a signal or a restart takes a process that rehup can see; without shareProcessNamespace it sees those of its own container only (a reload by HTTP, REHUP_URL, needs none)
  remedy: share the process namespace; every level of Pod Security allows that
    spec.template.spec.shareProcessNamespace: true

1 workload: 1 error
`,
    });
  });

  it('leaves with 0 where nothing is found', async () => {
    const { exitCode, stdout } = await pipeRehup(['lint', '-'], sound);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '1 workload: nothing found\n' });
  });

  it('reads files and directories, and finds broken documents among them', async () => {
    await using directory = await createTempDir();
    await mkdir(join(directory.path, 'deep'));
    await writeFile(join(directory.path, 'deep/a.yaml'), `x: [\n---\n${broken}`);
    const other = join(directory.path, 'other.txt');
    await writeFile(other, sound);
    const argv = ['lint', '--output', 'json', directory.path, other];
    const { exitCode, stdout } = await pipeRehup(argv);
    const report = JSON.parse(stdout) as { workloads: number; findings: object[] };
    expect(exitCode).toBe(5);
    expect(report.workloads).toBe(2);
    expect(report.findings).toMatchObject([
      { id: 'yaml-syntax', file: join(directory.path, 'deep/a.yaml'), line: 2 },
      { id: 'process-namespace-not-shared', line: 10, document: 1 },
    ]);
  });

  it.each([
    [[], 5],
    [['--fail-on', 'error'], 0],
    [['--fail-on', 'note'], 5],
    [['--ignore', 'port-in-use'], 0],
    [['--ignore=no-sidecar', '--ignore=env-only,port-in-use'], 0],
  ])('with %j, a warning makes the exit code %i', async (flags, expected) => {
    const { exitCode } = await pipeRehup(['lint', ...flags, '-'], crowded);
    expect(exitCode).toBe(expected);
  });

  it('knows what an old cluster does not', async () => {
    const { containers, ...pod } = createPod(createApp());
    const initContainers = [{ ...createRehup(), restartPolicy: 'Always' }];
    const native = toManifest(createDeployment({ ...pod, containers, initContainers }));
    expect((await pipeRehup(['lint', '--kubernetes', '1.29', '-'], native)).exitCode).toBe(0);
    const { exitCode, stdout } = await pipeRehup(['lint', '--kubernetes', '1.28', '-'], native);
    expect(exitCode).toBe(5);
    expect(stdout).toContain('[native-sidecar-too-old]');
  });

  it('prints annotations for GitHub, and SARIF', async () => {
    const github = await pipeRehup(['lint', '--output', 'github', '-'], broken);
    expect(github.stdout).toMatch(
      /^::error file=stdin,line=8,col=7,title=rehup process-namespace-/,
    );
    const sarif = await pipeRehup(['lint', '--output', 'sarif', '-'], broken);
    expect(JSON.parse(sarif.stdout)).toMatchObject({
      version: '2.1.0',
      runs: [{ results: [{ ruleId: 'process-namespace-not-shared' }] }],
    });
    expect([github.exitCode, sarif.exitCode]).toEqual([5, 5]);
  });

  it.each([
    [['lint'], /missing required argument/],
    [['lint', '/nowhere/a.yaml'], /^rehup: \/nowhere\/a\.yaml: cannot be read: ENOENT\n$/],
    [['lint', '--output=xml', '-'], /--output=xml: is not one of text, json, sarif, github/],
    [['lint', '--fail-on=all', '-'], /--fail-on=all: is not one of error, warning, note/],
    [['lint', '--ignore=env', '-'], /--ignore=env: is not a finding; did you mean env-only\?/],
    [['lint', '--kubernetes=new', '-'], /--kubernetes=new: is not a version/],
  ])('refuses %j', async (argv, reason) => {
    const { exitCode, stdout, stderr } = await pipeRehup(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });

  it('describes itself', async () => {
    const { exitCode, stdout } = await pipeRehup(['lint', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('Exit codes: 0 nothing found');
  });
});

const root = join(import.meta.dirname, '../../../..');

/** The workloads in the YAML of a page. Some are fragments, which are read as Pods. */
function workloadsIn(page: string): string[] {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```yaml\n([^]*?)^```$/gm)];
  return blocks.map(([, text = '']) => text).filter((text) => /^ +containers:/m.test(text));
}

describe('our own manifests', () => {
  it('are clean in the examples', async () => {
    const { exitCode, stdout, stderr } = await pipeRehup(['lint', join(root, 'examples')]);
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/^\d\d workloads: /m);
  });

  it('are clean in the documentation', async () => {
    await using directory = await createTempDir();
    const pages = ['README.md', ...globSync('{docs,examples}/**/*.md', { cwd: root })];
    const blocks = pages.flatMap((page) =>
      workloadsIn(page).map((text, index) => ({ name: `${page}-${index}`, text })),
    );
    for (const { name, text } of blocks) {
      await writeFile(join(directory.path, `${name.replaceAll('/', '_')}.yaml`), text);
    }
    const { exitCode, stdout } = await pipeRehup(['lint', directory.path]);
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0 });
    expect(workloadsIn('README.md').length).toBe(1);
    expect(workloadsIn('docs/install.md').length).toBeGreaterThan(1);
  });
});
