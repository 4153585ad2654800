import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ManifestDocument } from './document.ts';
import type { Addition, Insertion, Writing } from './edit.ts';
import { colonOf, endOf, firstDash, isExplicit, startOfPair } from './ends.ts';
import { columnOf, commentStart, insertLines, lineEnd, lineStart, withEnds } from './lines.ts';
import { keyOf, locate } from './locate.ts';
import { getAt, type Path } from './path.ts';
import { renderFlow, renderItem, renderPair, type Style } from './render.ts';

/** Text that takes the place of other text. Offsets are those of the file. */
export type Splice = {
  start: number;
  end: number;
  text: string;
  /** At one place, what is deeper comes first. */
  depth: number;
};

type Change = Omit<Splice, 'depth'>;

type Block = { document: ManifestDocument; style: Style };

type AnyPair = Pair<Node, Node | null>;

type AnyMap = YAMLMap<Node, Node | null>;

/** These keys are put in front of that one, where a reader looks for them. */
const BEFORE: Readonly<Record<string, string | undefined>> = {
  automountServiceAccountToken: 'containers',
  shareProcessNamespace: 'containers',
  metadata: 'spec',
  initContainers: 'containers',
};

/**
 * How the text changes when values are set, with everything else left as it is: comments, order,
 * quotes, indentation.
 */
export function splicesFor(block: Block, edits: readonly Writing[]): Splice[] {
  const insertions = edits.filter((edit): edit is Insertion => 'insert' in edit);
  const additions = edits.filter((edit): edit is Addition => 'value' in edit);
  return [
    ...insertions.map((one) => ({ ...insertItem(block, one), depth: one.path.length })),
    ...spliceAdditions(block, additions),
  ];
}

function spliceAdditions(block: Block, edits: readonly Addition[]): Splice[] {
  return Object.values(Object.groupBy(edits, targetOf)).flatMap((group = []) => {
    const [first] = group;
    if (first === undefined) return [];
    const last = first.path.at(-1);
    const path = typeof last === 'number' ? first.path.slice(0, -1) : first.path;
    const change =
      typeof last === 'number'
        ? appendAll(
            block,
            path,
            group.map(({ value }) => value),
          )
        : setValue(block, path, first.value);
    return [{ ...change, depth: typeof last === 'number' ? path.length : path.length - 1 }];
  });
}

/** Items of one list come together. */
function targetOf({ path }: Addition): string {
  return JSON.stringify(typeof path.at(-1) === 'number' ? path.slice(0, -1) : path);
}

function appendAll(block: Block, path: Path, items: readonly unknown[]): Change {
  const { node, via } = locate(block.document.yaml, path);
  if (via === 'own' && isSeq<Node>(node)) return addItems(block, node, items);
  const present = getAt(block.document.value, path) as readonly unknown[];
  return setValue(block, path, [...present, ...items]);
}

function setValue(block: Block, path: Path, value: unknown): Change {
  const { pair, found, via } = locate(block.document.yaml, path);
  const { node: parent, found: above } = locate(block.document.yaml, path.slice(0, -1));
  const key = path.at(-1);
  if (above < path.length - 1 || !isMap<Node, Node | null>(parent) || typeof key !== 'string') {
    throw new Error(`${path.join('.')} cannot be set`);
  }
  if (found < path.length || via === 'merge' || pair === undefined) {
    return addPair(block, parent, key, value);
  }
  return replaceValue(block, { parent, pair, value });
}

type Replacement = { parent: AnyMap; pair: AnyPair; value: unknown };

/** In its place, on one line; where nothing is, as a block. */
function replaceValue({ document, style }: Block, { parent, pair, value }: Replacement): Change {
  const { text, toFile } = document;
  const [from = 0, to = 0] = pair.value?.range?.map(toFile) ?? [];
  const isNull = pair.value === null || (isScalar(pair.value) && pair.value.value === null);
  const colon = colonOf(pair);
  if (colon === undefined) return addValue({ document, style }, { parent, pair, value });
  const start = toFile(colon);
  const end = lineEnd(text, start);
  const isBlock = isNull && parent.flow !== true && !isExplicit(pair) && typeof value === 'object';
  if (isBlock && (to === from || to <= end)) {
    const rest =
      to > from ? `${text.slice(start, from)}${text.slice(to, end)}` : text.slice(start, end);
    const key = toFile(startOfPair(pair));
    const lines = renderPair('x', value, columnOf(text, key), style).replace(/^x:/, '').trimEnd();
    return { start, end, text: `${rest.trimEnd()}${withEnds(text, lines)}` };
  }
  if (to > from) return { start: from, end: to, text: renderLike(pair.value, value) };
  // Behind an anchor, if there is one.
  const props = from > start && from <= end ? text.slice(start, from) : '';
  const at = props.includes('#') ? start : start + props.trimEnd().length;
  return { start: at, end: at, text: ` ${renderFlow(value)}` };
}

/** `? key` without a value, and a key alone in braces. */
function addValue({ document }: Block, { parent, pair, value }: Replacement): Change {
  const { text, toFile } = document;
  const end = toFile(pair.key.range?.[1] ?? 0);
  if (parent.flow === true) return { start: end, end, text: `: ${renderFlow(value)}` };
  const column = columnOf(text, toFile(startOfPair(pair)));
  return insertLines(text, end, {
    lines: `${' '.repeat(column)}: ${renderFlow(value)}\n`,
    column: Number.MAX_SAFE_INTEGER,
  });
}

/** In the quotes that were there, if any. */
function renderLike(before: Node | null, value: unknown): string {
  if (typeof value !== 'string' || !isScalar(before)) return renderFlow(value);
  const isWord = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/.test(value);
  if (before.type === 'QUOTE_SINGLE' && isWord) return `'${value}'`;
  if (before.type !== 'PLAIN' || !isWord) return renderFlow(value);
  return renderItem(value, 0, { indentLists: true }).replace(/^- /, '').trimEnd();
}

function addPair({ document, style }: Block, map: AnyMap, key: string, value: unknown): Change {
  const { text, toFile } = document;
  const start = toFile(map.range?.[0] ?? 0);
  if (map.flow === true) return addToFlow({ document, style }, map, [key, value]);
  const [first] = map.items;
  const indent = columnOf(text, first === undefined ? start : toFile(startOfPair(first)));
  const blanks = ' '.repeat(indent);
  const rendered = renderPair(key, value, indent, style);
  const index = map.items.findIndex((pair) => keyOf(pair) === BEFORE[key]);
  const before = map.items[index];
  if (before === undefined) {
    return insertLines(text, toFile(endOf(map)), { lines: `${blanks}${rendered}`, column: indent });
  }
  const offset = toFile(startOfPair(before));
  // The first key of a list item stands behind its hyphen.
  if (text.slice(lineStart(text, offset), offset).trim() !== '') {
    return insert(offset, withEnds(text, `${rendered}${blanks}`));
  }
  const above = map.items[index - 1];
  const least = above === undefined ? start : toFile(endOf(above));
  return insert(commentStart(text, offset, least), withEnds(text, `${blanks}${rendered}`));
}

/** In front, where nothing is open; what belongs behind the others, behind a value that is one. */
function addToFlow({ document }: Block, map: AnyMap, [key, value]: [string, unknown]): Change {
  const { toFile } = document;
  const last = map.items.at(-1);
  const isPlain = map.items.every((pair) => isScalar(pair.key) && pair.key.type === 'PLAIN');
  const isWord = /^[A-Za-z]+$/.test(key);
  const name = isPlain && isWord && map.items.length > 0 ? key : JSON.stringify(key);
  const text = `${name}: ${renderFlow(value)}`;
  const isValue = isScalar(last?.value) && last.value.value !== null;
  if (last && isValue && BEFORE[key] === undefined && !isExplicit(last)) {
    return insert(toFile(endOf(last)), `, ${text}`);
  }
  return insert(toFile(map.range?.[0] ?? 0) + 1, `${text}${last === undefined ? '' : ', '}`);
}

/** In front of an item that is there. */
function insertItem({ document, style }: Block, { path, insert: item }: Insertion): Change {
  const { text, toFile } = document;
  const list = path.slice(0, -1);
  const index = Number(path.at(-1));
  const { node, via, pair } = locate(document.yaml, list);
  if (via !== 'own' || !isSeq<Node>(node)) {
    const present = getAt(document.value, list) as readonly unknown[];
    return setValue({ document, style }, list, present.toSpliced(index, 0, item));
  }
  const above = node.items[index - 1];
  if (node.flow === true) {
    if (above !== undefined) return insert(toFile(endOf(above)), `, ${renderFlow(item)}`);
    return insert(toFile(node.range?.[0] ?? 0) + 1, `${renderFlow(item)}, `);
  }
  const dash = toFile(firstDash(node) ?? node.range?.[0] ?? 0);
  const column = columnOf(text, dash);
  const lines = renderItem(item, column, style);
  if (above !== undefined) {
    return insertLines(text, toFile(endOf(above)), { lines, column: column + 1 });
  }
  if (text.slice(lineStart(text, dash), dash).trim() !== '') {
    return insert(dash, withEnds(text, `${lines.slice(column)}${' '.repeat(column)}`));
  }
  const least = pair === undefined ? 0 : toFile(colonOf(pair) ?? 0);
  return insert(commentStart(text, dash, least), withEnds(text, lines));
}

function addItems(
  { document, style }: Block,
  list: YAMLSeq<Node>,
  items: readonly unknown[],
): Change {
  const { text, toFile } = document;
  const start = toFile(list.range?.[0] ?? 0);
  const last = list.items.at(-1);
  if (list.flow === true) {
    const flow = items.map(renderFlow).join(', ');
    return last === undefined ? insert(start + 1, flow) : insert(toFile(endOf(last)), `, ${flow}`);
  }
  const column = columnOf(text, toFile(firstDash(list) ?? list.range?.[0] ?? 0));
  const lines = items.map((item) => renderItem(item, column, style)).join('');
  return insertLines(text, toFile(endOf(list)), { lines, column: column + 1 });
}

/** Whether lists are written further in than their keys, as that one is. */
export function styleOf({ yaml, toFile, text }: ManifestDocument, list: Path): Style {
  const { node, pair } = locate(yaml, list);
  const dash = node && firstDash(node);
  if (dash === undefined || pair === undefined) return { indentLists: true };
  const column = (offset: number): number => columnOf(text, toFile(offset));
  return { indentLists: column(dash) > column(startOfPair(pair)) };
}

function insert(at: number, text: string): Change {
  return { start: at, end: at, text };
}
