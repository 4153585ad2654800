// What the action of GitHub runs, as it runs it.
import { execa } from 'execa';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createTempDir } from '../../support/temp-dir.ts';

const root = join(import.meta.dirname, '../../..');
const PATH = `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`;

const misspelt = `kind: Pod
metadata: { name: my-app }
spec:
  containers:
    - { name: rehup, image: ghcr.io/rehup/rehup:0.1.0, env: [{ name: REHUP_SIGNL, value: HUP }] }
`;

type Ran = { code: number | undefined; stdout: string; sarif: string };

async function runAction(env: Record<string, string>): Promise<Ran> {
  await using directory = await createTempDir();
  const cwd = directory.path;
  await mkdir(join(cwd, 'k8s'));
  await writeFile(join(cwd, 'k8s/my app.yaml'), misspelt);
  const script = join(root, 'scripts/lint-action.sh');
  const options = { cwd, env: { ...env, PATH }, reject: false };
  const { exitCode, stdout } = await execa('bash', [script], options);
  const sarif = join(cwd, 'rehup.sarif');
  return { code: exitCode, stdout, sarif: existsSync(sarif) ? readFileSync(sarif, 'utf8') : '' };
}

describe('the action', () => {
  it('annotates the lines, and fails the step', async () => {
    const { code, stdout } = await runAction({ INPUT_PATHS: 'k8s\n\n' });
    expect(code).toBe(5);
    expect(stdout).toContain('::error file=k8s/my app.yaml,line=5');
    expect(stdout).toContain('REHUP_SIGNAL');
  });

  it('writes SARIF beside the annotations, whatever is found', async () => {
    const { code, stdout, sarif } = await runAction({ INPUT_SARIF: 'rehup.sarif' });
    expect(code).toBe(5);
    expect(stdout).toContain('::error');
    expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' });
  });

  it('takes paths and options for what they are', async () => {
    const { code, stdout } = await runAction({
      INPUT_PATHS: 'k8s/my app.yaml',
      INPUT_IGNORE: 'setting-unknown,volume-not-mounted',
      INPUT_FAIL_ON: 'error',
      INPUT_KUBERNETES: '1.30',
    });
    expect(code).toBe(5);
    expect(stdout).not.toContain('setting-unknown');
  });

  it('hands no input to the shell as text', () => {
    const { runs } = parse(readFileSync(join(root, 'action.yml'), 'utf8')) as {
      runs: { steps: { run?: string }[] };
    };
    expect(runs.steps.flatMap(({ run = '' }) => run.match(/\$\{\{.*inputs/) ?? [])).toEqual([]);
  });
});

describe('the hook of pre-commit', () => {
  it('starts what the image has on its path', () => {
    const [hook] = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as {
      language: string;
      entry: string;
    }[];
    expect(hook).toMatchObject({ language: 'docker', entry: 'rehup lint' });
    expect(readFileSync(join(root, 'Dockerfile'), 'utf8')).toContain('/usr/local/bin/rehup');
  });
});
