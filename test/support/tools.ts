// Programs that scripts/tools.sh gets into a folder of the cache, where the machine has none.
import { globSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { createAbility, isInstalled, works, type Ability } from './abilities.ts';

const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const folder = join(cache, 'rehup/tools');

/** A program, and whether it is there. */
export type Tool = Ability & { readonly command: string };

const cached = (pattern: string): string | undefined =>
  globSync(pattern, { cwd: folder })
    .toSorted()
    .map((name) => join(folder, name))
    .at(-1);

function findTool(name: string, check: string, pattern = name): Tool {
  const command = isInstalled(name) ? name : (cached(pattern) ?? name);
  const reason = `no ${name} is installed, and scripts/tools.sh was not run`;
  return { command, ...createAbility(works([command, check]), reason) };
}

export const helm = findTool('helm', 'version', 'helm-*');
export const kustomize = findTool('kustomize', 'version');
export const registry = findTool('docker-registry', '--version');

/** Other versions of Node that rehup is for, the oldest of all among them. */
export const nodes: readonly string[] = globSync('node-*', { cwd: folder })
  .toSorted()
  .map((name) => join(folder, name));
