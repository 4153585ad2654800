import type { Check } from './problem.ts';

const BLANK = new Set(Buffer.from(' \t\r\n'));

/** Blanks and line breaks alone are as good as nothing. */
export const checkNotEmpty: Check = ({ content }) =>
  content.every((byte) => BLANK.has(byte)) ? { reason: 'is empty' } : undefined;
