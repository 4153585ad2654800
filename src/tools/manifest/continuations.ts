/** Blanks to put at these offsets of a text. */
export type Padding = { at: number; count: number };

type Cursor = { text: string; at: number; padding: Padding[] };

/**
 * What a strict reader of YAML misses, and kubectl does not: a quoted text or a list in brackets may
 * go on in a line that is not further in than its key. Blanks at the start of these lines mean
 * nothing.
 */
export function findPadding(text: string): Padding[] {
  const cursor: Cursor = { text, at: 0, padding: [] };
  while (cursor.at < text.length) readLine(cursor);
  return cursor.padding;
}

/** One line of a block, and what begins in it. */
function readLine(cursor: Cursor): void {
  const { text } = cursor;
  const start = cursor.at;
  let parent = -1;
  let isValue = true;
  while (cursor.at < text.length && text[cursor.at] !== '\n') {
    const char = text[cursor.at] ?? '';
    const next = text[cursor.at + 1] ?? '\n';
    if (isValue && /["'[{]/.test(char)) {
      if (parent < 0) parent = cursor.at - start;
      skipFlow(cursor, cursor.at - (text.lastIndexOf('\n', cursor.at - 1) + 1));
      isValue = false;
    } else if (isValue && /[|>]/.test(char)) {
      skipBlock(cursor, parent);
      return;
    } else if (char === '#' && (cursor.at === start || /\s/.test(text[cursor.at - 1] ?? ''))) {
      cursor.at = endOfLine(text, cursor.at);
    } else if (isValue && /[&!]/.test(char)) {
      while (/\S/.test(text[cursor.at] ?? ' ')) cursor.at += 1;
    } else {
      if (isValue && /\S/.test(char)) {
        parent = Math.max(parent, cursor.at - start);
        isValue = /[-?]/.test(char) && /\s/.test(next);
      }
      if (char === ':' && /\s/.test(next)) isValue = true;
      cursor.at += 1;
    }
  }
  cursor.at += 1;
}

/** To the end of what is quoted or in brackets, and the lines that it goes on in. */
function skipFlow(cursor: Cursor, column: number): void {
  const { text } = cursor;
  let depth = 0;
  let quote = '';
  do {
    const char = text[cursor.at] ?? '';
    if (char === '\n') pad(cursor, column + 1);
    else if (quote !== '') {
      if (char === '\\' && quote === '"') {
        cursor.at += text[cursor.at + 1] === '\n' ? 0 : 1;
      } else if (char === quote) {
        if (quote === "'" && text[cursor.at + 1] === "'") cursor.at += 1;
        else quote = '';
      }
    } else if (char === '"' || (char === "'" && /[\s,[{:]|^$/.test(text[cursor.at - 1] ?? ''))) {
      quote = char;
    } else if (char === '#' && /\s/.test(text[cursor.at - 1] ?? '')) {
      cursor.at = endOfLine(text, cursor.at) - 1;
    } else if (/[[{]/.test(char)) depth += 1;
    else if (/[\]}]/.test(char)) depth -= 1;
    cursor.at += 1;
  } while ((depth > 0 || quote !== '') && cursor.at < text.length);
}

/** The next line begins at this column at least; a blank one is left blank. */
function pad({ text, at, padding }: Cursor, column: number): void {
  const line = text.slice(at + 1, endOfLine(text, at + 1));
  const indent = line.length - line.trimStart().length;
  if (line.trim() !== '' && indent < column) {
    padding.push({ at: at + 1, count: column - indent });
  }
}

/** The lines of a block of text, which are further in than its key. */
function skipBlock(cursor: Cursor, parent: number): void {
  const { text } = cursor;
  cursor.at = endOfLine(text, cursor.at) + 1;
  while (cursor.at < text.length) {
    const line = text.slice(cursor.at, endOfLine(text, cursor.at));
    const indent = line.length - line.trimStart().length;
    if (line.trim() !== '' && indent <= parent) return;
    cursor.at += line.length + 1;
  }
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The text with its blanks, and where an offset in it is without them. */
export function applyPadding(
  text: string,
  padding: readonly Padding[],
): { text: string; toOriginal: (offset: number) => number } {
  let padded = '';
  let end = 0;
  for (const { at, count } of padding) {
    padded += `${text.slice(end, at)}${' '.repeat(count)}`;
    end = at;
  }
  const toOriginal = (offset: number): number => {
    let added = 0;
    for (const { at, count } of padding) {
      if (at + added >= offset) break;
      added += Math.min(count, offset - at - added);
    }
    return offset - added;
  };
  return { text: `${padded}${text.slice(end)}`, toOriginal };
}
