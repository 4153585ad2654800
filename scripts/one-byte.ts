// V8 holds a text in one byte per character, or in two if a single one of them is beyond Latin-1: one dash
// in a message would double what the source of a file takes in the memory of every pod.
import type { Plugin } from 'rolldown';

/** Writes what is beyond ASCII as `\uXXXX`: in strings, patterns, templates and names that is the same. */
export function escapeBeyondAscii(code: string): string {
  // Without the flag `u`, so that a character of two units becomes two escapes.
  return code.replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** All files of the bundle in one byte per character. */
export function oneByte(): Plugin {
  return {
    name: 'one-byte',
    generateBundle(_, bundle) {
      for (const file of Object.values(bundle)) {
        if (file.type === 'chunk') file.code = escapeBeyondAscii(file.code);
      }
    },
  };
}
