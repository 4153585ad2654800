import { getAt, type Path } from './path.ts';

/**
 * One change of a document. An index that is as large as the list appends to it, and what is missing
 * above the path is made. Edits are applied one after the other: a path is that of the moment.
 */
export type Edit =
  { path: Path; value: unknown } | { path: Path; remove: true } | { path: Path; moveFrom: Path };

/** Adds items at the end of a list that may not be there yet. */
export function append(root: unknown, list: Path, ...items: readonly unknown[]): Edit[] {
  const present = getAt(root, list);
  if (!Array.isArray(present)) return [{ path: list, value: items }];
  return items.map((value, index) => ({ path: [...list, present.length + index], value }));
}
