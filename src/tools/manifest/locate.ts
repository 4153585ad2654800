import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair } from 'yaml';
import { type ManifestDocument, type Position, positionAt } from './document.ts';
import type { Path } from './path.ts';

/** Where a path leads in the nodes of a document. */
export type Place = {
  node: Node | undefined;
  /** The pair that it is the value of; none for items of lists. */
  pair?: Pair<Node, Node | null>;
  /** How many steps of the path exist. */
  found: number;
  /** Whether the last step led to what is written there, by an alias elsewhere, or was merged. */
  via: 'own' | 'alias' | 'merge';
};

/** Follows a path through aliases and merge keys, as far as it exists. */
export function locate(yaml: Document.Parsed, path: Path): Place {
  let place: Place = { node: resolve(yaml.contents, yaml), found: 0, via: 'own' };
  for (const step of path) {
    const next = descend(place.node, step, yaml);
    if (next === undefined) return place;
    place = { ...next, found: place.found + 1 };
  }
  return place;
}

/** The position of a path, or of the nearest thing above it that exists. */
export function positionOf({ yaml, toFile, lines }: ManifestDocument, path: Path): Position {
  const { node, pair } = locate(yaml, path);
  const offset = (pair?.key ?? node)?.range?.[0] ?? 0;
  return positionAt(lines, toFile(offset));
}

type Child = Pick<Place, 'node' | 'pair' | 'via'>;

function descend(
  node: Node | undefined,
  step: string | number,
  yaml: Document.Parsed,
): Child | undefined {
  if (typeof step === 'number') {
    if (!isSeq<Node>(node)) return undefined;
    const item = node.items[step];
    return item && { node: resolve(item, yaml), via: isAlias(item) ? 'alias' : 'own' };
  }
  const pair = findPair(node, step, yaml);
  if (pair === undefined) return undefined;
  const isOwn = isMap<Node, Node | null>(node) && node.items.includes(pair);
  const via = isOwn ? (isAlias(pair.value) ? 'alias' : 'own') : 'merge';
  return { node: resolve(pair.value, yaml), pair, via };
}

/** The map's own pair, otherwise one that it merges. */
function findPair(
  node: Node | undefined,
  key: string,
  yaml: Document.Parsed,
): Pair<Node, Node | null> | undefined {
  if (!isMap<Node, Node | null>(node)) return undefined;
  const own = node.items.find((pair) => keyOf(pair) === key);
  if (own !== undefined) return own;
  const merged = node.items
    .filter((pair) => keyOf(pair) === '<<')
    .map(({ value }) => resolve(value, yaml))
    .flatMap((value) => (isSeq<Node>(value) ? value.items : [value]));
  for (const map of merged) {
    const found = findPair(resolve(map, yaml), key, yaml);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The key as Kubernetes sees it: with merge keys on, `<<` is a symbol to the library. */
export function keyOf({ key }: Pair<Node, Node | null>): string | undefined {
  if (!isScalar(key)) return undefined;
  return typeof key.value === 'symbol' ? '<<' : String(key.value);
}

function resolve(node: Node | null | undefined, yaml: Document.Parsed): Node | undefined {
  if (isAlias(node)) return node.resolve(yaml) ?? undefined;
  return node ?? undefined;
}
