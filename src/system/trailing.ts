/**
 * A text without these characters at its end. The regular expression for that looks at each run of them
 * from each of its characters on, wherever in the text it is.
 */
export function trimTrailing(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}
