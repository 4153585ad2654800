import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type OutputOptions } from 'rolldown';
import config from '../../rolldown.config.ts';

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

/** Builds the bundle into this folder. Returns the command that runs it as the image does. */
export async function buildBundle(dir: string): Promise<string[]> {
  await build({ ...config, cwd: root, output: { ...outputOf(config), dir }, logLevel: 'silent' });
  return [process.execPath, ...imageFlags(), join(dir, 'rehup.cjs')];
}

/** The project's configuration has one output. */
function outputOf({ output }: typeof config): OutputOptions {
  return Array.isArray(output) ? (output[0] ?? {}) : (output ?? {});
}
