import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { applyPatch } from 'diff';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { createAbility } from '../../../support/abilities.ts';
import { createApp, createDeployment, createPod, toManifest } from '../../../support/manifest.ts';
import { pipeRehup } from '../../../support/pipe-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

const bare = toManifest(createDeployment(createPod(createApp()))).replace(
  'shareProcessNamespace: true',
  'restartPolicy: Always # a comment',
);

describe('rehup inject', () => {
  it('adds what lint accepts, and nothing the second time', async () => {
    const first = await pipeRehup(['inject', '-'], bare);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('# a comment');
    expect(await pipeRehup(['lint', '--fail-on', 'note', '-'], first.stdout)).toMatchObject({
      exitCode: 0,
    });
    expect(await pipeRehup(['inject', '-'], first.stdout)).toEqual({
      exitCode: 0,
      stdout: first.stdout,
      stderr: 'Deployment/my-app: left as it is: it has rehup already\n',
    });
  });

  it('prints all of a long manifest into a pipe', async () => {
    const long = Array.from({ length: 100 }, () => `${bare}---\n`).join('');
    const { exitCode, stdout } = await pipeRehup(['inject', '-'], long);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeGreaterThan(100_000);
    expect(stdout.endsWith('---\n')).toBe(true);
    expect(stdout.match(/name: rehup$/gm)).toHaveLength(200);
  });

  it('shows the change as a patch that makes it', async () => {
    await using directory = await createTempDir();
    const file = join(directory.path, 'a.yaml');
    await writeFile(file, bare);
    const { exitCode, stdout } = await pipeRehup(['inject', '--diff', file]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^--- .*a\.yaml\n\+\+\+ .*a\.yaml\n@@ /);
    expect(stdout.split('\n').filter((line) => /^-(?!-)/.test(line))).toEqual([]);
    expect(await readFile(file, 'utf8')).toBe(bare);
    const patched = applyPatch(bare, stdout);
    expect(patched).toBe((await pipeRehup(['inject', '-'], bare)).stdout);
    const again = await pipeRehup(['inject', '--diff', '-'], String(patched));
    expect(again).toMatchObject({ exitCode: 0, stdout: '' });
  });

  it('changes the file if asked to', async () => {
    await using directory = await createTempDir();
    const file = join(directory.path, 'a.yaml');
    await writeFile(file, bare);
    expect(await pipeRehup(['inject', '--write', file])).toMatchObject({ exitCode: 0, stdout: '' });
    expect(await readFile(file, 'utf8')).toBe((await pipeRehup(['inject', '-'], bare)).stdout);
  });

  it('takes its settings from flags, and says what is left to do', async () => {
    const argv = ['inject', '--env', 'REHUP_SIGNAL=SIGUSR1', '--env=REHUP_TARGET=container:other'];
    const { exitCode, stdout, stderr } = await pipeRehup([...argv, '--no-probes', '-'], bare);
    expect(exitCode).toBe(5);
    expect(stdout).toContain('value: SIGUSR1');
    expect(stdout).not.toContain('startupProbe');
    expect(stderr).toBe(
      'Deployment/my-app: error: REHUP_TARGET names a container that is not there: container:other [target-not-found]\n  name the app: container:my-app\n',
    );
  });

  it('passes on what has no workload', async () => {
    const text = 'kind: Service\nmetadata: { name: x }\n';
    expect(await pipeRehup(['inject', '-'], text)).toEqual({
      exitCode: 0,
      stdout: text,
      stderr: 'stdin: no workload there\n',
    });
  });

  it.each([
    [['inject', '/nowhere.yaml'], '', /\/nowhere\.yaml: cannot be read: ENOENT/],
    [['inject', '-'], 'a: [', /^rehup: stdin:1:5: /],
    [['inject', '--write', '-'], bare, /standard input cannot be written to/],
    [['inject', '--env=REHUP_SETLE=1s', '-'], bare, /did you mean REHUP_SETTLE\?/],
    [['inject', import.meta.dirname], '', /commands: cannot be read: EISDIR/],
  ])('refuses %j', async (argv, input, reason) => {
    const { exitCode, stdout, stderr } = await pipeRehup(argv, input);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toMatch(reason);
  });

  it('describes itself', async () => {
    const { exitCode, stdout } = await pipeRehup(['inject', '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('--memory-limit <quantity>');
  });
});

async function render(): Promise<{ failed: boolean; stdout: string }> {
  const folder = join(import.meta.dirname, '../../../../examples/kustomize/my-app');
  const { failed, stdout } = await execa('kubectl', ['kustomize', folder], { reject: false });
  return { failed, stdout };
}

const rendered = await render();
const { missing, note } = createAbility(
  !rendered.failed,
  'it takes a kubectl with components (1.21 and later)',
);

describe.skipIf(missing)(`the component of Kustomize${note}`, () => {
  it('adds a sidecar in which lint finds nothing', async () => {
    expect(rendered.stdout).toContain('image: ghcr.io/rehup/rehup:');
    const { exitCode, stdout } = await pipeRehup(['lint', '--fail-on=note', '-'], rendered.stdout);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '1 workload: nothing found\n' });
  });
});
