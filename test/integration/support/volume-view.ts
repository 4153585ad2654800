import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a directory with its bytes as hex text, so that results compare by content. */
function readTree(dir: string): Record<string, string> {
  const paths = readdirSync(dir, { recursive: true, encoding: 'utf8' }).toSorted();
  const files = paths.filter((path) => lstatSync(join(dir, path)).isFile());
  return Object.fromEntries(files.map((path) => [path, readFileSync(join(dir, path), 'hex')]));
}

export function readData(root: string): Record<string, string> {
  return readTree(join(root, '..data'));
}

export function hex(content: Uint8Array | string): string {
  return Buffer.from(content).toString('hex');
}

/** The links an app uses: everything in the root but the writer's own entries. */
export function visibleLinks(root: string): Record<string, string> {
  const names = readdirSync(root).filter((name) => !name.startsWith('..'));
  return Object.fromEntries(names.toSorted().map((name) => [name, readlinkSync(join(root, name))]));
}

export function tsDirs(root: string): string[] {
  const names = readdirSync(root).filter((name) => /^\.\.\d/.test(name));
  return names.toSorted();
}

export function modeOf(path: string): number {
  return lstatSync(path).mode & 0o7777;
}

/** A clock that moves on by one second at each look, so that timestamps order the directories. */
export function tickingClock(start = Date.UTC(2026, 0, 2, 3, 4, 5)): () => Date {
  let next = start;
  return () => {
    const now = new Date(next);
    next += 1000;
    return now;
  };
}

/** Only root may give files to any group; everybody may use a group of their own. */
export function someGroup(): number {
  return process.getuid?.() === 0 ? 4321 : (process.getgid?.() ?? 0);
}
