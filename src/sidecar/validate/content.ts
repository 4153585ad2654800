import { createCounts } from '../../config/globs.ts';
import type { ValidationRule } from '../../config/parse-validate.ts';
import type { Mount } from '../mount/mount.ts';
import type { Counts } from '../../config/globs.ts';
import { SwappedWhileReading } from '../mount/swapped.ts';
import type { Snapshot } from '../snapshot/snapshot.ts';
import { loadCheck } from './check/check.ts';
import type { Check, Problem } from './check/problem.ts';
import type { Finding } from './finding.ts';
import { type ContentReader, openContent } from './read-content.ts';

/** One check, and the keys that are to pass it. */
export type KeyCheck = { concerns: Counts; check: Check; privateKey: string | undefined };

/** Loads what the rules need. @param counts The keys that the rule of the mounts is about. */
export async function loadKeyChecks(
  rules: readonly ValidationRule[],
  counts: Counts,
): Promise<KeyCheck[]> {
  const checks: KeyCheck[] = [];
  for (const { glob, check, privateKey } of rules) {
    const matches = await createCounts({ include: [glob], exclude: undefined });
    checks.push({
      concerns: (mount, key) => counts(mount, key) && matches(mount, key),
      check: await loadCheck(check),
      privateKey,
    });
  }
  return checks;
}

export type MountContent = {
  mount: Mount;
  snapshot: Snapshot;
  /** Keys that a check took beside those of the snapshot, and what they held. */
  others?: ReadonlyMap<string, string>;
};

/** Checks every key of one mount. @throws SwappedWhileReading where its content is another one by now. */
export function checkMount(
  { mount, snapshot }: MountContent,
  checks: readonly KeyCheck[],
  nowMs: number,
): { findings: Finding[]; others: ReadonlyMap<string, string> } {
  const content = openContent(mount.path, snapshot);
  try {
    // In the order of the keys: the report must not depend on the order of the directory.
    const findings = [...snapshot.keys.keys()].toSorted(compareText).flatMap((key) =>
      checks
        .filter(({ concerns }) => concerns(mount.path, key))
        .flatMap((check) => runCheck(check, key, content, nowMs) ?? [])
        .map((problem) => ({ ...problem, mounts: [mount], key })),
    );
    return { findings, others: content.others };
  } finally {
    content[Symbol.dispose]();
  }
}

function compareText(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}

const TOO_LARGE: Problem = { reason: 'is larger than the 4 MiB that can be validated' };

function runCheck(
  { check, privateKey }: KeyCheck,
  key: string,
  reader: ContentReader,
  nowMs: number,
): Problem | undefined {
  const content = reader.read(key);
  if (content === undefined) return undefined;
  if (content === 'too-large') return TOO_LARGE;
  const { readOther } = reader;
  try {
    return check({ key, content, readOther, privateKey, nowMs });
  } catch (error) {
    if (error instanceof SwappedWhileReading) throw error;
    // Content that exhausts a parser (nesting without end) is not to end rehup.
    return { reason: 'makes the parser give up' };
  }
}

/** Keys that must be there: in the mount they name, or else in any of them. */
export function findMissing(
  required: readonly string[],
  contents: readonly MountContent[],
): Finding[] {
  return required.flatMap((path) => {
    const places = contents.flatMap(({ mount, snapshot }) => {
      const key = keyIn(mount, path);
      return key === undefined ? [] : [{ mount, key, isThere: holds(snapshot, key) }];
    });
    if (places.some(({ isThere }) => isThere)) return [];
    const key = places[0]?.key ?? path;
    const mounts = places.map(({ mount }) => mount);
    return [{ mounts, key, reason: 'is required and not there' }];
  });
}

/** One that does not count may be required all the same. */
function holds({ keys, others }: Snapshot, key: string): boolean {
  return keys.has(key) || others.has(key);
}

function keyIn({ path: mount }: Mount, path: string): string | undefined {
  if (!path.startsWith('/')) return path;
  return path.startsWith(`${mount}/`) ? path.slice(mount.length + 1) : undefined;
}
