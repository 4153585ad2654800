import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from './wait-for.ts';

const PROGRAM = fileURLToPath(new URL('programs/tree.ts', import.meta.url));

/** The command for a tree of `depth` + 1 generations that all ignore SIGTERM. */
export function treeCommand(
  directory: string,
  depth: number,
  stdio: 'ignore' | 'inherit',
): [string, ...string[]] {
  return [process.execPath, PROGRAM, directory, `${depth}`, stdio];
}

/** The processes of the tree that have come up so far. */
export function readPids(directory: string): number[] {
  return readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map((name) => Number(readFileSync(join(directory, name), 'utf8')));
}

export async function waitForPids(directory: string, count: number): Promise<number[]> {
  return await waitFor(`${count} processes`, () => {
    const pids = readPids(directory);
    return pids.length === count && pids;
  });
}

/** A process that has ended and that nobody has waited for yet is no longer there for us. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

export async function waitForEnd(pids: readonly number[]): Promise<void> {
  await waitFor(`the end of ${pids.join(', ')}`, () => !pids.some(isRunning));
}
