import { keyPath } from '../mount/key-path.ts';
import type { Changes } from '../snapshot/diff.ts';
import type { Change } from '../../system/diff-keys.ts';

export type Described = {
  changes: Changes;
  hash: string;
  rule?: string | undefined;
  targetPid?: number | undefined;
};

/** The change as a command gets it: environment variables. */
export function toEnvironment({ changes, hash, targetPid }: Described): Record<string, string> {
  const list = (kind: keyof Change): string =>
    fit([...changes].flatMap(([mount, change]) => change[kind].map((key) => keyPath(mount, key))));
  return {
    REHUP_CHANGED: list('changed'),
    REHUP_ADDED: list('added'),
    REHUP_REMOVED: list('removed'),
    REHUP_HASH: hash,
    ...(targetPid !== undefined && { REHUP_TARGET_PID: `${targetPid}` }),
  };
}

/** The change as a command gets it: one line of JSON on stdin. Complete, however long it is. */
export function toJson({ changes, hash, rule }: Described): string {
  return `${JSON.stringify({ rule, hash, mounts: Object.fromEntries(changes) })}\n`;
}

/**
 * Linux refuses to start a program with a variable of 128 KiB (execve(2)): what is too long for that
 * ends with the last path that fits. The list on stdin is complete.
 */
const LONGEST_BYTES = 100 * 1024;

function fit(paths: readonly string[]): string {
  let bytes = 0;
  const end = paths.findIndex((path) => (bytes += Buffer.byteLength(path) + 1) > LONGEST_BYTES);
  return (end === -1 ? paths : paths.slice(0, end)).join('\n');
}
