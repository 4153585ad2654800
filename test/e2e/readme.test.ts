// What somebody does who reads only the README: its own blocks, in order. Only the image is another one.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { createTempDir } from '../support/temp-dir.ts';
import { REHUP_IMAGE } from './support/image-names.ts';
import { kubectl } from './support/kubectl.ts';
import { useNamespace } from './support/namespace.ts';

const namespace = useNamespace();
const root = join(import.meta.dirname, '../..');

it('reaches a reload with the commands of the README', async () => {
  const [, section = ''] = (await readFile(join(root, 'README.md'), 'utf8')).split(
    '## The first reload on a cluster',
  );
  const manifest = blockOf(section, 'yaml').replaceAll(/ghcr\.io\/rehup\/rehup:\S+/g, REHUP_IMAGE);
  const commands = blockOf(section, 'sh').trimEnd().split('\n');
  expect(commands).toHaveLength(5);
  await using directory = await createTempDir('rehup-readme-');
  await writeFile(join(directory.path, 'hello.yaml'), manifest);
  const env = { KUBECONFIG: await kubeconfigFor(namespace(), directory.path) };
  const shell = { cwd: directory.path, env, shell: true } as const;

  const follow = commands.pop() ?? '';
  for (const command of commands) await execa(command, shell);
  // A shell of its own would outlive the command.
  const [file = '', ...args] = follow.split(' ');
  const log = execa(file, args, { env, reject: false, buffer: false });
  let seen = '';
  for await (const line of createInterface({ input: log.stdout })) {
    seen += `${line}\n`;
    if (line.includes('"outcome":"reloaded"')) break;
  }
  log.kill();
  await log;

  expect(seen).toContain('"msg":"reloaded"');
  const where = ['--namespace', namespace(), 'exec', 'deployment/hello'];
  const ask = "fetch('http://127.0.0.1:8080').then((r) => r.text()).then(console.log)";
  expect(await kubectl([...where, '--container=rehup', '--', 'node', '-e', ask])).toContain(
    'good evening',
  );
});

function blockOf(section: string, language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(section)?.[1] ?? '';
}

/** The same cluster, with the namespace of the test as the one that kubectl takes by itself. */
async function kubeconfigFor(name: string, directory: string): Promise<string> {
  const file = join(directory, 'kubeconfig');
  await writeFile(file, await kubectl(['config', 'view', '--raw', '--flatten']), { mode: 0o600 });
  await kubectl([
    'config',
    'set-context',
    '--current',
    `--namespace=${name}`,
    '--kubeconfig',
    file,
  ]);
  return file;
}
