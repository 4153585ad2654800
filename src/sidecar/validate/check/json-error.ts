import { type ParseErrorCode, printParseErrorCode, visit } from 'jsonc-parser';

/** Where a text stops being JSON, and why: no piece of the text. */
export type JsonError = { offset: number; reason: string };

type Code = ReturnType<typeof printParseErrorCode>;

const REASONS: Readonly<Record<Code, string>> = {
  InvalidSymbol: 'something stands here that JSON does not know',
  InvalidNumberFormat: 'a number is wrong',
  PropertyNameExpected: 'a key in double quotes is expected',
  ValueExpected: 'a value is expected',
  ColonExpected: 'a colon is expected',
  CommaExpected: 'a comma or the closing bracket is expected',
  CloseBraceExpected: 'a comma or } is expected',
  CloseBracketExpected: 'a comma or ] is expected',
  EndOfFileExpected: 'something follows after the end of the value',
  InvalidCommentToken: 'comments are not allowed',
  UnexpectedEndOfComment: 'comments are not allowed',
  UnexpectedEndOfString: 'a string is not closed on its line',
  UnexpectedEndOfNumber: 'a number is incomplete',
  InvalidUnicode: 'a string holds an unknown escape',
  InvalidEscapeCharacter: 'a string holds an unknown escape',
  InvalidCharacter: 'a string holds a control character',
  '<unknown ParseErrorCode>': 'something is wrong',
};

/** The first error of a text. */
export function findJsonError(text: string): JsonError | undefined {
  let at: number | undefined;
  const codes: Code[] = [];
  const onError = (code: ParseErrorCode, offset: number): void => {
    at ??= offset;
    if (codes.length < 2) codes.push(printParseErrorCode(code));
  };
  try {
    visit(text, { onError }, { disallowComments: true });
  } catch (error) {
    // How deep the brackets go is up to whoever wrote the text.
    if (!(error instanceof RangeError)) throw error;
    if (at === undefined) return { offset: 0, reason: 'the nesting is too deep' };
  }
  return at === undefined ? undefined : { offset: at, reason: explain(text, at, codes) };
}

const NEEDED: readonly Code[] = ['PropertyNameExpected', 'ValueExpected'];

/** The mistakes that people make most are called by their names. */
function explain(
  text: string,
  at: number,
  [code = 'InvalidSymbol', next]: readonly Code[],
): string {
  const char = text[at] ?? '';
  if (char === '') return `the text ends where ${REASONS[code]}`;
  const isUnknown = code === 'InvalidSymbol';
  if (isUnknown && char === '#') return 'comments are not allowed';
  if (isUnknown && char === "'") return 'strings must be in double quotes';
  // What is not known is passed over, and the next error tells what it should have been.
  if (isUnknown && next !== undefined && NEEDED.includes(next)) return REASONS[next];
  const isClosing = NEEDED.includes(code) && '}]'.includes(char);
  if (isClosing && endsInComma(text, at)) return 'a comma stands before the closing bracket';
  return REASONS[code];
}

function endsInComma(text: string, end: number): boolean {
  let at = end - 1;
  while (' \t\r\n'.includes(text[at] ?? '-')) at -= 1;
  return text[at] === ',';
}
