import { isUtf8 } from 'node:buffer';
import type { Check, CheckInput, Problem } from './problem.ts';

/** A check of a text: what is not UTF-8 is refused before it is looked at. */
export function checkText(check: (text: string, input: CheckInput) => Problem | undefined): Check {
  return (input) => findBadBytes(input.content) ?? check(input.content.toString(), input);
}

function findBadBytes(content: Buffer): Problem | undefined {
  if (isUtf8(content)) return undefined;
  // A line break is the same byte in every text, so that each line can be looked at by itself.
  let start = 0;
  for (let line = 1; ; line += 1) {
    const end = content.indexOf('\n', start);
    if (end === -1 || !isUtf8(content.subarray(start, end))) {
      return { line, reason: 'is not text: the line is not UTF-8' };
    }
    start = end + 1;
  }
}

const BYTE_ORDER_MARK = '\uFEFF';

export function hasByteOrderMark(text: string): boolean {
  return text.startsWith(BYTE_ORDER_MARK);
}

/** Windows editors put it there, and most readers pass over it. */
export function withoutByteOrderMark(text: string): string {
  return hasByteOrderMark(text) ? text.slice(1) : text;
}

export function splitLines(text: string): string[] {
  return withoutByteOrderMark(text).split(/\r?\n/);
}

/** Where a character is, as an editor counts. */
export function locate(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: offset - lineStart + 1 };
}
