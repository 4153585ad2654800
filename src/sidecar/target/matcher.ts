import { basename } from 'node:path';
import { matchEach } from '../../system/pattern.ts';
import type { Process } from './process.ts';

/** TASK_COMM_LEN - 1: the kernel cuts names off there. */
export const COMM_LENGTH = 15;

/**
 * Whether a process bears this name: as the kernel keeps it, or as the program on the command line,
 * since some rename their main thread (Node.js: `node-MainThread`). Of a script the kernel has the
 * name, too; one longer than it keeps is compared with the command line, so that two names with the
 * same beginning are not taken for each other.
 */
export function hasName({ comm, argv }: Process, name: string): boolean {
  const [program, script] = argv.map((word) => basename(word.split(/[\s:]/, 1)[0] ?? ''));
  if (comm === name || program === name) return true;
  return comm === name.slice(0, COMM_LENGTH) && script === name;
}

/** The processes whose command line matches. @throws TooSlow */
export function filterByCommandLine(processes: readonly Process[], pattern: RegExp): Process[] {
  const named = processes.filter(({ argv }) => argv.length > 0);
  const matches = matchEach(
    pattern,
    named.map(({ argv }) => argv.join(' ')),
  );
  return named.filter((_, index) => matches[index] === true);
}
