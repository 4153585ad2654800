// The words of a status, for the terminal and for the page. The text of these two functions is part
// of the page as well, so they use nothing from outside of themselves.

/** A time span in its largest unit: `12 s`, `3 m`, `5 h`, `2 d`. */
export function showSpan(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m`;
  if (seconds < 172_800) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}

/**
 * Names come from others: what would move the cursor, colour the terminal or turn the direction of
 * the text is written out.
 */
export function showText(text: string): string {
  return text.replaceAll(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}

/**
 * A text of ours with names in it, as it may be shown on a terminal and in the log of a pipeline. A line
 * break of a name must have been written out by `showText`; those that are here are ours.
 */
export function showLines(text: string): string {
  return withoutCommands(text.replaceAll(/[^\n\t]+/g, showText));
}

/**
 * A runner of GitHub takes a line that begins with `::`, blanks aside, for a command, and `##[` wherever
 * it stands.
 */
export function withoutCommands(text: string): string {
  return text
    .replaceAll('##[', String.raw`#\u{23}[`)
    .replaceAll(/^([^\S\n]*):(?=:)/gm, String.raw`$1\u{3a}`);
}

/** The same of a text that is one line: a line break in it is a name's. */
export function showLine(text: string): string {
  return withoutCommands(showText(text));
}
