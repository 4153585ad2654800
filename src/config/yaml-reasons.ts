import { YAMLParseError } from 'yaml';

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
  NON_STRING_KEY: 'a key is not plain text',
  RESOURCE_EXHAUSTION: 'the nesting is too deep',
  TAB_AS_INDENT: 'a tab is used for indentation',
  TAG_RESOLVE_FAILED: 'a tag does not fit its value',
  UNEXPECTED_TOKEN: 'something unexpected stands here',
};

export const REPEATED_KEY = 'a key is there twice';

/** What is wrong with a text, in words that hold none of it. */
export function explainYaml(error: unknown): string {
  if (error instanceof YAMLParseError) return REASONS[error.code] ?? 'something is wrong';
  // Found only when the values are made.
  const message = error instanceof Error ? error.message : '';
  if (message.startsWith('Unresolved alias')) return 'an alias has no anchor before it';
  if (message.startsWith('Excessive alias')) return 'the aliases stand for too much';
  return 'the nesting is too deep';
}
