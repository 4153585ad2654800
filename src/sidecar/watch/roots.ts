import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type Layout, readIdentity } from '../mount/layout.ts';
import type { Root } from './port.ts';

/** Roots to watch, with the directories that stood there when they were found. */
export type FoundRoots = { roots: readonly Root[]; identity: string };

/** The directories whose entries tell of a change of this path. */
export function findRoots(path: string, kind: Layout['kind']): FoundRoots {
  const roots = listRoots(path, kind);
  const identity = roots.map((root) => `${root.path}\0${readIdentity(root.path)}`).join('\0');
  return { roots, identity };
}

function listRoots(path: string, kind: Layout['kind']): Root[] {
  switch (kind) {
    case 'kubelet':
    case 'directory':
    case 'torn-down':
      return [{ path }];
    case 'link':
      // It is watched at its own place (swap) and where it leads (edit in place).
      return [...nearest(path), ...resolve(path).map((target) => ({ path: target }))];
    case 'file':
    case 'absent':
    case 'unreadable':
      return nearest(path);
    default:
      return kind satisfies never;
  }
}

/** The nearest directory above that is there, and its entry that leads to the path. */
function nearest(path: string): Root[] {
  const parent = dirname(path);
  if (parent === path) return [];
  const [real] = resolve(parent);
  return real === undefined ? nearest(parent) : [{ path: real, entry: basename(path) }];
}

function resolve(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    // Not there, or not for us.
    return [];
  }
}
