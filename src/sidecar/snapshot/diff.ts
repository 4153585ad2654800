import { type Change, diffKeys, isEmpty } from '../../system/diff-keys.ts';
import type { Snapshot } from './snapshot.ts';

/** Change by mount path; only mounts that differ are in it. */
export type Changes = ReadonlyMap<string, Change>;

export function diffSnapshots(
  before: ReadonlyMap<string, Snapshot>,
  after: ReadonlyMap<string, Snapshot>,
): Changes {
  const changes = new Map<string, Change>();
  for (const path of new Set([...before.keys(), ...after.keys()])) {
    const [then, now] = [before.get(path), after.get(path)];
    // The hash is that of the keys: most looks find everything as it was.
    if (then?.hash === now?.hash) continue;
    const change = diffKeys(then?.keys ?? new Map(), now?.keys ?? new Map());
    if (!isEmpty(change)) changes.set(path, change);
  }
  return changes;
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

/** A long list would drown the line; the count tells that there are more. */
const SHOWN_KEYS = 20;

/** For reports: paths and names of keys, never contents. */
export function describeChanges(changes: Changes): object {
  const paths = [...changes.keys()];
  if (paths.length === 0) return {};
  const list = (kind: 'added' | 'changed' | 'removed'): string[] | undefined => {
    const keys = [...changes].flatMap(([mount, change]) =>
      change[kind].map((key) => (paths.length === 1 ? key : `${mount}/${key}`)),
    );
    if (keys.length === 0) return undefined;
    const more = keys.length - SHOWN_KEYS;
    return more > 0 ? [...keys.slice(0, SHOWN_KEYS), `and ${more} more`] : keys;
  };
  return {
    mount: oneOrAll(paths),
    changed: list('changed'),
    added: list('added'),
    removed: list('removed'),
  };
}

export function oneOrAll<Item>(items: readonly Item[]): Item | Item[] {
  const [first] = items;
  return items.length === 1 && first !== undefined ? first : [...items];
}
