/** The keys that differ, in order. */
export type Change = {
  added: readonly string[];
  changed: readonly string[];
  removed: readonly string[];
};

/** Compares two mappings from key to hash, or to whatever tells contents apart. */
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

export function isEmpty({ added, changed, removed }: Change): boolean {
  return added.length + changed.length + removed.length === 0;
}
