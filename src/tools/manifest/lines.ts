/** Where something goes in a text, and the lines of it. */

export function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** The end of the line, in front of what ends it. */
export function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  if (end === -1) return text.length;
  return text[end - 1] === '\r' ? Math.max(offset, end - 1) : end;
}

export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Line ends as the file has them. */
export function withEnds(text: string, lines: string): string {
  return text.includes('\r\n') ? lines.replaceAll('\n', '\r\n') : lines;
}

/**
 * Whole lines behind what ends there, and behind the comments that are so far in that they belong to
 * it.
 */
export function insertLines(
  text: string,
  end: number,
  { lines, column }: { lines: string; column: number },
): { start: number; end: number; text: string } {
  const rendered = withEnds(text, lines);
  const at = behindComments(text, nextLine(text, end), column);
  if (at === 0 || text[at - 1] === '\n') return { start: at, end: at, text: rendered };
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return { start: at, end: at, text: `${newline}${rendered.slice(0, -newline.length)}` };
}

function nextLine(text: string, end: number): number {
  if (text[end - 1] === '\n') return end;
  const next = text.indexOf('\n', end);
  return next === -1 ? text.length : next + 1;
}

/** Blank lines in front of such a comment are passed, those behind it are not. */
function behindComments(text: string, start: number, column: number): number {
  let accepted = start;
  let at = start;
  while (at < text.length) {
    const next = text.indexOf('\n', at);
    const end = next === -1 ? text.length : next + 1;
    const line = text.slice(at, end);
    const indent = line.length - line.trimStart().length;
    if (line.trim() !== '' && (line[indent] !== '#' || indent < column)) return accepted;
    at = end;
    if (line.trim() !== '') accepted = end;
  }
  return accepted;
}

/** Comments directly above a line, and as far in, belong to it. */
export function commentStart(text: string, key: number, least: number): number {
  let start = lineStart(text, key);
  const comment = `${text.slice(start, key)}#`;
  for (;;) {
    const above = lineStart(text, start - 1);
    if (above < least || above === start || !text.startsWith(comment, above)) return start;
    start = above;
  }
}
