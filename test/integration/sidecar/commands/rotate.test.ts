import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { rehupCommand } from '../../../support/start-rehup.ts';
import { createTempDir } from '../../../support/temp-dir.ts';

/** A cluster that nobody answers for: what is refused is refused before it is asked. */
const KUBECONFIG = JSON.stringify({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'none',
  clusters: [{ name: 'none', cluster: { server: 'https://127.0.0.1:1' } }],
  users: [{ name: 'none', user: {} }],
  contexts: [{ name: 'none', context: { cluster: 'none', user: 'none', namespace: 'web' } }],
});

type Ended = { exitCode: number | undefined; stdout: string; stderr: string };

/** Runs it in a directory with these files. */
async function rotate(
  args: readonly string[],
  files: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  await using directory = await createTempDir();
  const all = { kubeconfig: KUBECONFIG, ...files };
  for (const [name, text] of Object.entries(all)) await writeFile(join(directory.path, name), text);
  const [node = '', ...command] = rehupCommand(['rotate', ...args]);
  const { exitCode, stdout, stderr } = await execa(node, command, {
    cwd: directory.path,
    env: { KUBECONFIG: join(directory.path, 'kubeconfig') },
    extendEnv: false,
    reject: false,
  });
  return { exitCode, stdout, stderr };
}

const APP = ['deployment/app', '--configmap', 'app-config'];
const LARGE = 'x'.repeat(600 * 1024);

describe('rehup rotate, before anything is asked of the cluster,', () => {
  it.each<{ what: string; args: string[]; files?: Record<string, string>; said: string }>([
    { what: 'nothing', args: [], said: '--configmap: or --secret has to be given' },
    {
      what: 'a workload of another kind',
      args: ['job/app', '--configmap', 'app-config'],
      said: 'WORKLOAD=job/app: names no workload; there are deployment/NAME',
    },
    {
      what: 'a name too long for a hash',
      args: ['deploy/app', '--configmap', 'a'.repeat(243)],
      said: 'has 243 characters; with the hash behind it a name may have 253, which leaves 242',
    },
    {
      what: 'more than 1 MiB',
      args: [...APP, '--from-file', 'one', '--from-file', 'two'],
      files: { one: LARGE, two: LARGE },
      said: '--configmap=app-config: the values are 1228800 bytes together; a ConfigMap may have 1048576 (1 MiB)',
    },
    {
      what: 'a file that cannot be a key',
      args: [...APP, '--from-file', 'my file'],
      files: { 'my file': '' },
      said: 'the key "my file" cannot be used',
    },
    {
      what: 'a file that is not there',
      args: [...APP, '--from-file', 'none'],
      said: '--from-file=none: cannot be read: ENOENT',
    },
    {
      what: 'a literal without a key',
      args: [...APP, '--from-literal', 's3cret'],
      said: '--from-literal=…: is not KEY=VALUE',
    },
    {
      what: 'a manifest of another namespace',
      args: [...APP, '-f', 'm.yaml'],
      files: { 'm.yaml': '{kind: ConfigMap, metadata: {name: app-config, namespace: db}}' },
      said: 'm.yaml: ConfigMap app-config is of namespace db, and this is about web; name it with -n',
    },
    {
      what: 'a manifest without the object',
      args: [...APP, '-f', 'm.yaml'],
      files: { 'm.yaml': '{kind: Secret, metadata: {name: app-config}, stringData: {a: s3cret}}' },
      said: 'm.yaml: there is no ConfigMap app-config in it; there is: no ConfigMap at all',
    },
    { what: 'a count of none', args: [...APP, '--keep', '0'], said: 'a whole number from 1' },
    { what: 'a context that there is not', args: [...APP, '--context', 'x'], said: 'context x' },
  ])('refuses $what', async ({ args, files, said }) => {
    const { exitCode, stdout, stderr } = await rotate(args, files);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr).toContain(said);
    expect(stderr).not.toContain('s3cret');
    expect(stderr).not.toMatch(/^ +at /m);
  });

  it('leaves with 4 where no API server answers', async () => {
    const { exitCode, stderr } = await rotate([...APP, '--from-literal', 'a=s3cret']);
    expect(exitCode).toBe(4);
    expect(stderr).toContain(
      'the API server at 127.0.0.1:1 cannot be reached (ECONNREFUSED)\nremedy: ',
    );
    expect(stderr).not.toContain('s3cret');
  });
});
