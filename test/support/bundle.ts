import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { buildBundle as build } from '../../scripts/package/bundle.ts';

const root = join(import.meta.dirname, '../..');

const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');

/** The flags that the image gives to Node. */
function imageFlags(): string[] {
  const [, entrypoint = '[]'] = /^ENTRYPOINT (.*)$/m.exec(dockerfile) ?? [];
  return (JSON.parse(entrypoint) as string[]).filter((word) => word.startsWith('--'));
}

/** What the image has in its environment, but for the places of its programs. */
export function imageEnv(): Record<string, string> {
  const words = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line = '']) =>
    line.split(/\s+/),
  );
  const pairs = words.map((word) => word.split('=', 2) as [string, string]);
  return Object.fromEntries(pairs.filter(([name]) => name !== 'PATH'));
}

/** A module within the bundle: a path from the root of the project, and the bytes of its code. */
export type BundledModule = { path: string; bytes: number };

export type Bundle = {
  /** Runs it as the image does. */
  command: string[];
  /** File of the bundle → what it is made of. */
  modules: ReadonlyMap<string, readonly BundledModule[]>;
};

/** Builds the bundle into this folder. */
export async function buildBundle(dir: string): Promise<Bundle> {
  const chunks = (await build(dir)).filter((file) => file.type === 'chunk');
  return {
    command: [process.execPath, ...imageFlags(), join(dir, 'rehup.cjs')],
    modules: new Map(
      chunks.map(({ fileName, modules }) => [
        fileName,
        Object.entries(modules).flatMap(([id, { renderedLength: bytes }]) =>
          // A NUL marks what is no file, but of the bundler itself.
          bytes === 0 || id.startsWith('\0') ? [] : [{ path: relative(root, id), bytes }],
        ),
      ]),
    ),
  };
}
