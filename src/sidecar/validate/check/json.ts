import { findJsonError } from './json-error.ts';
import { checkText, hasByteOrderMark, locate } from './text.ts';

/** The parser decides; where it refuses, its message is of no use, since it quotes the text. */
export const checkJson = checkText((text) => {
  try {
    JSON.parse(text);
    return undefined;
  } catch {
    if (hasByteOrderMark(text)) return { reason: 'is not JSON: begins with a byte order mark' };
    const { offset, reason } = findJsonError(text) ?? { offset: 0, reason: 'something is wrong' };
    return { ...locate(text, offset), reason: `is not JSON: ${reason}` };
  }
});
