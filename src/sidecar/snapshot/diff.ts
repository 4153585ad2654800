import type { Snapshot } from './snapshot.ts';

/** The keys of one mount that differ, in order. */
export type Change = {
  added: readonly string[];
  changed: readonly string[];
  removed: readonly string[];
};

/** Change by mount path; only mounts that differ are in it. */
export type Changes = ReadonlyMap<string, Change>;

export function diffKeys(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): Change {
  const added = [...after.keys()].filter((key) => !before.has(key));
  const removed = [...before.keys()].filter((key) => !after.has(key));
  const changed = [...after].flatMap(([key, hash]) =>
    before.has(key) && before.get(key) !== hash ? [key] : [],
  );
  return { added: added.toSorted(), changed: changed.toSorted(), removed: removed.toSorted() };
}

export function diffSnapshots(
  before: ReadonlyMap<string, Snapshot>,
  after: ReadonlyMap<string, Snapshot>,
): Changes {
  const changes = new Map<string, Change>();
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const change = diffKeys(
      before.get(path)?.keys ?? new Map(),
      after.get(path)?.keys ?? new Map(),
    );
    if (!isEmpty(change)) changes.set(path, change);
  }
  return changes;
}

export function isEmpty({ added, changed, removed }: Change): boolean {
  return added.length + changed.length + removed.length === 0;
}

/** Only the keys that count; what is left may be empty. */
export function filterChanges(
  changes: Changes,
  counts: (mount: string, key: string) => boolean,
): Changes {
  const filtered = new Map<string, Change>();
  for (const [mount, change] of changes) {
    const keep = (keys: readonly string[]): string[] => keys.filter((key) => counts(mount, key));
    const kept = {
      added: keep(change.added),
      changed: keep(change.changed),
      removed: keep(change.removed),
    };
    if (!isEmpty(kept)) filtered.set(mount, kept);
  }
  return filtered;
}
