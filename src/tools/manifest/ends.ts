import { type CST, isCollection, isPair, type Node, type Pair } from 'yaml';

/** Offsets of the nodes of a document, as its parser counts. */

/** Where a pair begins: at the `?` of its key, or what is said of it. */
export function startOfPair(pair: Pair<Node, Node | null>): number {
  const [first] = tokensOf(pair).filter(({ type }) => STARTS.includes(type));
  return first?.offset ?? pair.key.range?.[0] ?? 0;
}

const STARTS: readonly string[] = ['explicit-key-ind', 'anchor', 'tag'];

/** Whether the key is written with a `?`. */
export function isExplicit(pair: Pair<Node, Node | null>): boolean {
  return tokensOf(pair).some(({ type }) => type === 'explicit-key-ind');
}

/** Behind the colon; `undefined` if there is none. */
export function colonOf({ srcToken }: Pair<Node, Node | null>): number | undefined {
  const colon = srcToken?.sep?.find(({ type }) => type === 'map-value-ind');
  return colon && colon.offset + 1;
}

function tokensOf({ srcToken }: Pair<Node, Node | null>): readonly CST.SourceToken[] {
  return srcToken?.start ?? [];
}

/** Where the text of a node ends, comments and blank lines behind it not included. */
export function endOf(node: Node | Pair<Node, Node | null>): number {
  if (isPair<Node, Node | null>(node)) {
    const { key, value } = node;
    const end = value === null ? 0 : endOf(value);
    return Math.max(key.range?.[1] ?? 0, colonOf(node) ?? 0, end);
  }
  if (isCollection(node) && node.flow !== true) {
    const last = node.items.at(-1) as Node | Pair<Node, Node | null> | undefined;
    if (last !== undefined) return endOf(last);
  }
  return node.range?.[1] ?? 0;
}

/** Where the first `-` of a list is. */
export function firstDash({ srcToken }: Node): number | undefined {
  if (srcToken?.type !== 'block-seq') return undefined;
  const [first] = srcToken.items;
  return first?.start.find(({ type }) => type === 'seq-item-ind')?.offset;
}
