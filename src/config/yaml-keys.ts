import { type Document, isNode, isScalar, visit, type YAMLMap } from 'yaml';

/**
 * Where a key of a document stands that is there already. The parser is told not to look for it
 * (`uniqueKeys`): it compares each key with all before it, and whoever wrote the text can have it do
 * that for minutes.
 */
export function findRepeatedKey(document: Document): number | undefined {
  let offset: number | undefined;
  visit(document, {
    Map: (_, map) => {
      offset = repeatedKeyOf(map);
      return offset === undefined ? undefined : visit.BREAK;
    },
  });
  return offset;
}

/** The same, of one mapping. */
export function repeatedKeyOf({ items }: YAMLMap): number | undefined {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    // Several merges are allowed; keys that are mappings themselves are beyond comparison.
    if (!isScalar(key) || key.value === '<<' || typeof key.value === 'symbol') continue;
    if (seen.has(key.value)) return startOf(key);
    seen.add(key.value);
  }
  return undefined;
}

export function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
