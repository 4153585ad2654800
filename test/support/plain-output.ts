/**
 * What may steer a terminal or turn the direction of a text: C0 but for line feed, DEL, C1, format
 * characters, line separators.
 */
const STEERING = /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

/** The characters of a text that are more than text, as escapes. */
export function findSteering(text: string): string[] {
  return Array.from(text)
    .filter((character) => STEERING.test(character))
    .map((character) => `U+${character.codePointAt(0)?.toString(16).padStart(4, '0')}`);
}

/** The lines that a runner of GitHub takes for commands: those of the first kind may be indented. */
export function findCommands(text: string): string[] {
  return text.split('\n').filter((line) => /^\s*::|##\[/.test(line));
}

/** A name that tries to break out of a log line, a header, a list and a terminal. */
export const HOSTILE_NAME =
  '"},\r\nX-Injected: yes\n{"msg":"reloaded"}\n::error::owned\n##[error]owned\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\u2028\u{e0041}';
