/**
 * What JSON lets through, and what a terminal or a reader may take for more than text: C1 control
 * characters (U+009B begins a sequence as ESC [ does), changes of direction, invisible characters,
 * line separators. Names of keys and processes are anybody's.
 */
const STEERING = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}]/gu;

/** JSON as it may be shown anywhere: the same value, in characters that do nothing. */
export function escapeJson(json: string): string {
  return json
    .replaceAll('##[', String.raw`#\u0023[`)
    .replaceAll(STEERING, (character) =>
      Array.from({ length: character.length }, (_, at) => toEscape(character.charCodeAt(at))).join(
        '',
      ),
    );
}

function toEscape(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
