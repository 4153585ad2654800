import { getAt, type Path } from './path.ts';

/**
 * One change of a document. An index that is as large as the list appends to it, and what is missing
 * above the path is made. Edits are applied one after the other: a path is that of the moment.
 */
export type Edit =
  { path: Path; value: unknown } | { path: Path; remove: true } | { path: Path; moveFrom: Path };

/** A change that takes nothing away. */
export type Addition = Extract<Edit, { value: unknown }>;

/** Adds items at the end of a list that may not be there yet. */
export function append(root: unknown, list: Path, ...items: readonly unknown[]): Addition[] {
  const present = getAt(root, list);
  if (!Array.isArray(present)) return [{ path: list, value: items }];
  return items.map((value, index) => ({ path: [...list, present.length + index], value }));
}

/** A copy of plain data with these changes; what two places share in it, they share no longer. */
export function applyAdditions(root: unknown, edits: readonly Addition[]): unknown {
  const copy = deepCopy(root);
  for (const { path, value } of edits) {
    const parent = getAt(copy, path.slice(0, -1));
    Object.defineProperty(parent, path.at(-1) ?? '', {
      value: deepCopy(value),
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
