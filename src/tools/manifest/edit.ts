import { getAt, type Path } from './path.ts';

/**
 * One change of a document. An index that is as large as the list appends to it, and what is missing
 * above the path is made. Edits are applied one after the other: a path is that of the moment.
 */
export type Edit =
  { path: Path; value: unknown } | { path: Path; remove: true } | { path: Path; moveFrom: Path };

/** A change that takes nothing away. */
export type Addition = Extract<Edit, { value: unknown }>;

/** Puts an item into a list in front of another one, which is moved on, as all behind it. */
export type Insertion = { path: Path; insert: unknown };

/** What can be written into a text. */
export type Writing = Addition | Insertion;

/** Adds items at the end of a list that may not be there yet. */
export function append(root: unknown, list: Path, ...items: readonly unknown[]): Addition[] {
  const present = getAt(root, list);
  if (!Array.isArray(present)) return [{ path: list, value: items }];
  return items.map((value, index) => ({ path: [...list, present.length + index], value }));
}

/** A copy of plain data with these changes; what two places share in it, they share no longer. */
export function applyWritings(root: unknown, edits: readonly Writing[]): unknown {
  const copy = deepCopy(root);
  for (const edit of edits) {
    const { path } = edit;
    const parent = getAt(copy, path.slice(0, -1));
    if ('insert' in edit) {
      if (Array.isArray(parent)) parent.splice(Number(path.at(-1)), 0, deepCopy(edit.insert));
      continue;
    }
    Object.defineProperty(parent, path.at(-1) ?? '', {
      value: deepCopy(edit.value),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return copy;
}

function deepCopy(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepCopy);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, deepCopy(item)]));
}
