import { isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import type { ManifestDocument } from './document.ts';
import { keyOf, locate } from './locate.ts';
import type { Path } from './path.ts';
import { renderFlow, renderItem, renderPair, type Style } from './render.ts';

/** Text that takes the place of other text. Offsets are those of the file. */
export type Splice = { start: number; end: number; text: string };

type Block = { document: ManifestDocument; style: Style };

type AnyPair = Pair<Node, Node | null>;

/** These keys are put in front of that one, where a reader looks for them. */
const BEFORE: Readonly<Record<string, string | undefined>> = {
  shareProcessNamespace: 'containers',
  initContainers: 'containers',
};

/**
 * How the text changes when a value is set, with everything else left as it is: comments, order,
 * quotes, indentation.
 */
export function spliceFor(block: Block, path: Path, value: unknown): Splice {
  const { node, pair, found } = locate(block.document.yaml, path);
  const [key, ...below] = path.slice(found);
  if (pair !== undefined && (key === undefined || isEmpty(node))) {
    return replaceValue(block, pair, nest(path.slice(found), value));
  }
  if (isMap<Node, Node | null>(node) && typeof key === 'string') {
    return addPair(block, node, key, nest(below, value));
  }
  if (isSeq<Node>(node) && key === node.items.length) {
    return addItem(block, node, nest(below, value));
  }
  throw new Error(`${path.join('.')} cannot be set`);
}

/** `key:` with nothing behind it. */
function isEmpty(node: Node | undefined): boolean {
  return node === undefined || (isScalar(node) && node.value === null);
}

/** A value inside what is missing above it. */
function nest(path: Path, value: unknown): unknown {
  return path.reduceRight<unknown>(
    (inner, step) => (typeof step === 'number' ? [inner] : { [step]: inner }),
    value,
  );
}

function replaceValue({ document, style }: Block, { key, value }: AnyPair, next: unknown): Splice {
  const { text } = document;
  const [start, keyEnd] = rangeOf(document, key);
  const [from, to] = value === null ? [0, 0] : rangeOf(document, value);
  const end = to > from ? to : text.indexOf(':', keyEnd) + 1;
  const name = text.slice(start, keyEnd);
  const rendered =
    typeof next === 'object'
      ? renderPair(name, next, indentAt(text, start), style).trimEnd()
      : `${name}: ${renderFlow(next)}`;
  return { start, end, text: withEnds(text, rendered) };
}

function addPair(
  { document, style }: Block,
  map: YAMLMap<Node, Node | null>,
  key: string,
  value: unknown,
): Splice {
  const { text } = document;
  const [start, end] = rangeOf(document, map);
  if (map.flow === true) {
    const comma = map.items.length > 0 ? ', ' : '';
    return insert(start + 1, `${JSON.stringify(key)}: ${renderFlow(value)}${comma}`);
  }
  const indent = indentAt(text, start);
  const rendered = withEnds(text, renderPair(key, value, indent, style));
  const index = map.items.findIndex((pair) => keyOf(pair) === BEFORE[key]);
  const before = map.items[index];
  const blanks = ' '.repeat(indent);
  if (before === undefined) return insertLines(text, end, `${blanks}${rendered}`);
  const [offset] = rangeOf(document, before.key);
  // The first key of a list item stands behind its hyphen.
  if (text.slice(lineStart(text, offset), offset).trim() !== '') {
    return insert(offset, `${rendered}${blanks}`);
  }
  const above = map.items[index - 1];
  const least = above === undefined ? 0 : rangeOf(document, above.value ?? above.key)[1];
  return insert(commentStart(text, offset, least), `${blanks}${rendered}`);
}

/** Comments directly above a key, and as far in, belong to it. */
function commentStart(text: string, key: number, least: number): number {
  let start = lineStart(text, key);
  const comment = `${text.slice(start, key)}#`;
  for (;;) {
    const above = lineStart(text, start - 1);
    if (above < least || above === start || !text.startsWith(comment, above)) return start;
    start = above;
  }
}

function addItem({ document, style }: Block, list: YAMLSeq<Node>, value: unknown): Splice {
  const { text } = document;
  const [start, end] = rangeOf(document, list);
  if (list.flow !== true) {
    return insertLines(text, end, withEnds(text, renderItem(value, indentAt(text, start), style)));
  }
  const last = list.items.at(-1);
  return last === undefined
    ? insert(start + 1, renderFlow(value))
    : insert(rangeOf(document, last)[1], `, ${renderFlow(value)}`);
}

/** Whether lists are written further in than their keys, as that one is. */
export function styleOf({ yaml, start, text }: ManifestDocument, list: Path): Style {
  const { node, pair } = locate(yaml, list);
  if (!isSeq(node) || node.flow === true || !node.range || !pair?.key.range) {
    return { indentLists: true };
  }
  const column = (offset: number): number => indentAt(text, start + offset);
  return { indentLists: column(node.range[0]) > column(pair.key.range[0]) };
}

function rangeOf({ start }: ManifestDocument, { range }: Node): [number, number] {
  if (!range) throw new Error('a node without a place in the text');
  return [start + range[0], start + range[1]];
}

function insert(at: number, text: string): Splice {
  return { start: at, end: at, text };
}

/** Whole lines at the end of a block, which is the end of a line unless the text ends there. */
function insertLines(text: string, at: number, lines: string): Splice {
  if (text[at - 1] === '\n') return insert(at, lines);
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return insert(at, `${newline}${lines.slice(0, -newline.length)}`);
}

function indentAt(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Line ends as the file has them. */
function withEnds(text: string, lines: string): string {
  return text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
}
