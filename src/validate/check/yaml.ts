import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  parseAllDocuments,
  visit,
  type YAMLMap,
} from 'yaml';
import type { Problem } from './check.ts';
import { checkText } from './text.ts';

/** By the parser's codes: its messages quote the text. */
const REASONS: Readonly<Record<string, string>> = {
  ALIAS_PROPS: 'an alias has an anchor or a tag',
  BAD_ALIAS: 'an anchor or alias has no usable name',
  BAD_COLLECTION_TYPE: 'a tag does not fit what it stands before',
  BAD_DIRECTIVE: 'a line that begins with % is no directive',
  BAD_DQ_ESCAPE: 'a string in double quotes holds an unknown escape',
  BAD_INDENT: 'the indentation is wrong, or a bracket is not closed',
  BAD_PROP_ORDER: 'an anchor or a tag stands before its indicator',
  BAD_SCALAR_START: 'a value begins with a reserved character: quote it',
  BLOCK_AS_IMPLICIT_KEY:
    'a mapping begins inside a value: quote the value, or correct line breaks and indentation',
  BLOCK_IN_FLOW: 'a block mapping or list stands inside brackets',
  KEY_OVER_1024_CHARS: 'a key is longer than 1024 characters',
  MISSING_CHAR: 'a character is missing: a colon, comma, quote, bracket or blank',
  MULTILINE_IMPLICIT_KEY: 'a key goes over several lines: a colon or a quote may be missing',
  MULTIPLE_ANCHORS: 'there are two anchors',
  MULTIPLE_TAGS: 'there are two tags',
  RESOURCE_EXHAUSTION: 'the nesting is too deep',
  TAB_AS_INDENT: 'a tab is used for indentation',
  TAG_RESOLVE_FAILED: 'a tag does not fit its value',
  UNEXPECTED_TOKEN: 'something unexpected stands here',
};

export const checkYaml = checkText((text) => {
  const lines = new LineCounter();
  const problemAt = (offset: number, reason: string): Problem => {
    const { line, col: column } = lines.linePos(offset);
    return {
      line: Math.max(1, line),
      column: Math.max(1, column),
      reason: `is no YAML: ${reason}`,
    };
  };
  const settings = {
    lineCounter: lines,
    prettyErrors: false,
    logLevel: 'silent',
    // Looked for below: the parser compares each key with all before it.
    uniqueKeys: false,
  } as const;
  const documents = [parseAllDocuments(text, settings)].flat();
  for (const { errors } of documents) {
    const [error] = errors;
    if (error) return problemAt(error.pos[0], REASONS[error.code] ?? 'something is wrong');
  }
  for (const document of documents) {
    const fault = findFault(document);
    if (fault) return problemAt(fault.offset, fault.reason);
  }
  return undefined;
});

type Fault = { offset: number; reason: string };

/** What shows only in the whole document: keys that are there twice, aliases without an anchor. */
function findFault(document: Document): Fault | undefined {
  const anchors = new Set<string>();
  let fault: Fault | undefined;
  visit(document, {
    Node: (_, node) => {
      if (isAlias(node)) {
        if (anchors.has(node.source)) return undefined;
        fault = { offset: startOf(node), reason: 'an alias has no anchor before it' };
      } else {
        if (node.anchor !== undefined) anchors.add(node.anchor);
        if (isMap(node)) fault = findRepeatedKey(node);
      }
      return fault ? visit.BREAK : undefined;
    },
  });
  return fault;
}

function findRepeatedKey({ items }: YAMLMap): Fault | undefined {
  const seen = new Set<unknown>();
  for (const { key } of items) {
    // Several merges are allowed; keys that are mappings themselves are beyond comparison.
    if (!isScalar(key) || key.value === '<<' || typeof key.value === 'symbol') continue;
    if (seen.has(key.value)) return { offset: startOf(key), reason: 'a key is there twice' };
    seen.add(key.value);
  }
  return undefined;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}
