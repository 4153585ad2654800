import { type Document, LineCounter, parseAllDocuments, type ScalarTag } from 'yaml';
import { findRepeatedKey } from '../../config/yaml-keys.ts';
import { explainYaml, REPEATED_KEY } from '../../config/yaml-reasons.ts';
import { applyPadding, findPadding } from './continuations.ts';
import type { Source } from './source.ts';

/** Line and column, from 1. */
export type Position = { line: number; column: number };

/** What is wrong with the text of a document. */
export type SyntaxProblem = Position & { reason: string };

/** One document of a file. Documents after a broken one are read all the same. */
export type ManifestDocument = {
  file: string;
  /** Counted in the file, from 0. */
  index: number;
  /** Its nodes, for positions and changes. */
  yaml: Document.Parsed;
  /** Text of the file, and where an offset of the nodes is in it. */
  text: string;
  toFile: (offset: number) => number;
  lines: LineCounter;
  /** Plain data with aliases and merge keys resolved; `undefined` where it cannot be read. */
  value: unknown;
  problems: readonly SyntaxProblem[];
};

/** YAML as Kubernetes takes it: merge keys, words for true and false and octal numbers of YAML 1.1. */
const OPTIONS = {
  merge: true,
  customTags: withOld,
  logLevel: 'silent',
  prettyErrors: false,
  // Looked for below.
  uniqueKeys: false,
  keepSourceTokens: true,
} as const;

const words: ScalarTag = {
  tag: 'tag:yaml.org,2002:bool',
  default: true,
  identify: (value) => typeof value === 'boolean',
  test: /^(?:yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/,
  resolve: (text) => /^(?:yes|on)$/i.test(text),
};

/** `0400` is what chmod takes it for. */
const octal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  identify: () => false,
  test: /^[-+]?0[0-7]+$/,
  resolve: (text) => Number.parseInt(text, 8),
};

function withOld<Tags extends readonly unknown[]>(tags: Tags): [ScalarTag, ScalarTag, ...Tags] {
  return [words, octal, ...tags];
}

/** Reads all documents of a text. JSON is YAML. */
export function parseManifests({ file, text }: Source): ManifestDocument[] {
  const lines = countLines(text);
  let count = 0;
  return splitDocuments(text).flatMap(({ start, end }) => {
    const { documents, toPiece } = parsePiece(text.slice(start, end));
    const toFile = (offset: number): number => start + toPiece(offset);
    return documents.map((yaml) => {
      const { value, reason } = toPlain(yaml);
      const at = (offset: number): Position => positionAt(lines, toFile(offset));
      const problems: SyntaxProblem[] = yaml.errors.map((error) => {
        return { ...at(error.pos[0]), reason: explainYaml(error) };
      });
      const repeated = findRepeatedKey(yaml);
      if (repeated !== undefined) problems.push({ ...at(repeated), reason: REPEATED_KEY });
      if (reason !== undefined) problems.push({ ...at(yaml.range[0]), reason });
      return { file, index: count++, yaml, text, toFile, lines, value, problems };
    });
  });
}

type Piece = { documents: Document.Parsed[]; toPiece: (offset: number) => number };

/** Strictly; what cannot be read so, the way that kubectl reads it. */
function parsePiece(piece: string): Piece {
  const documents = parseStrictly(piece);
  const strict = { documents, toPiece: (offset: number) => offset };
  if (documents.every(({ errors }) => errors.length === 0)) return strict;
  const padded = applyPadding(piece, findPadding(piece));
  if (padded.text === piece) return strict;
  const again = parseStrictly(padded.text);
  return again.some(({ errors }) => errors.length > 0)
    ? strict
    : { documents: again, toPiece: padded.toOriginal };
}

function parseStrictly(piece: string): Document.Parsed[] {
  const parsed = parseAllDocuments(piece, OPTIONS);
  return 'empty' in parsed ? [] : parsed;
}

/** `---` at the start of a line ends a document whatever is open: so does what is broken. */
function splitDocuments(text: string): { start: number; end: number }[] {
  const starts = [0];
  for (const { index } of text.matchAll(/^---(?=\s|$)/gm)) {
    const before = text.slice(starts.at(-1), index);
    if (index > 0 && !isDirectives(before)) starts.push(index);
  }
  return starts.map((start, index) => ({ start, end: starts[index + 1] ?? text.length }));
}

/** `%YAML` belongs to the document behind the mark. */
function isDirectives(text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.length > 0 && lines.every((line) => /^[#%]/.test(line)) && /^%/m.test(text);
}

function toPlain(yaml: Document.Parsed): { value?: unknown; reason?: string } {
  if (yaml.errors.length > 0) return {};
  try {
    return { value: yaml.toJS() as unknown };
  } catch (error) {
    // An alias to nothing, or so many that the document would explode.
    return { reason: explainYaml(error) };
  }
}

function countLines(text: string): LineCounter {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return lines;
}

export function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
