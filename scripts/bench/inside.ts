import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { execa } from 'execa';

const root = join(import.meta.dirname, '../..');

/** What the image runs: Node, its flags, and the bundle. */
export function readEntrypoint(): { node: string; flags: readonly string[]; bundle: string } {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const [, list] = /^ENTRYPOINT (\[.*\])$/m.exec(dockerfile) ?? [];
  const [node, ...rest] = JSON.parse(list ?? '[]') as string[];
  const bundle = rest.pop();
  if (node === undefined || bundle === undefined) throw new Error('Dockerfile: no ENTRYPOINT');
  return { node, flags: rest, bundle };
}

/** What the image has in its environment, but for the places of its programs. */
export function readImageEnv(): Record<string, string> {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  const words = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) =>
    line.split(/\s+/),
  );
  const pairs = words.map((word) => word.split('=', 2) as [string, string]);
  return Object.fromEntries(pairs.filter(([name]) => name !== 'PATH'));
}

/** The command that runs a program of the folder `inside`, with the flags of the image. */
export function insideCommand(program: string, args: readonly string[] = []): string[] {
  const file = join(import.meta.dirname, 'inside', program);
  return [...nodeCommand(), file, ...args];
}

/** Node with the flags and variables of the image; the Node of the scripts is that of the image, of the same major version. */
export function nodeCommand(): string[] {
  const variables = Object.entries(readImageEnv()).map((pair) => pair.join('='));
  return ['env', ...variables, process.execPath, ...readEntrypoint().flags];
}

/** Bundles the sources into this folder, as for the image; returns the path of the main file. */
export async function buildBundle(folder: string): Promise<string> {
  const config = join(root, 'rolldown.config.ts');
  await execa('rolldown', ['--config', config, '--dir', folder], { cwd: root, preferLocal: true });
  return join(folder, basename(readEntrypoint().bundle));
}

/** Runs a program that imports the sources, and returns the JSON of the last line that it prints. */
export async function runInside<T>(program: string, args: readonly string[] = []): Promise<T> {
  const [file = '', ...rest] = insideCommand(program, args);
  const { stdout } = await execa(file, rest, { timeout: 600_000, stdin: 'ignore' });
  // Whatever the sources log comes before it.
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as T;
}
