import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeJson } from '../../../src/system/escape.ts';
import { findSteering, HOSTILE_NAME } from '../../support/plain-output.ts';

describe('escaped JSON', () => {
  it('is the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
        expect(JSON.parse(escapeJson(JSON.stringify(value)))).toEqual(
          JSON.parse(JSON.stringify(value)),
        );
      }),
    );
  });

  it('has nothing in it that acts on a terminal', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(findSteering(escapeJson(JSON.stringify({ [text]: text })))).toEqual([]);
      }),
    );
  });

  it('has nothing in it that a runner of GitHub takes for a command', () => {
    const shown = escapeJson(JSON.stringify({ '##[error]x': '##[group]' }));
    expect(shown).not.toContain('##[');
    expect(JSON.parse(shown)).toEqual({ '##[error]x': '##[group]' });
  });

  it('leaves everything else as it is', () => {
    expect(escapeJson('{"a": "grün 😀 \\n"}')).toBe('{"a": "grün 😀 \\n"}');
    expect(escapeJson('"\u009b\u202e\u{e0041}"')).toBe(String.raw`"\u009b\u202e\udb40\udc41"`);
  });
});

describe('the hostile name of the tests', () => {
  it('has each kind of character that matters', () => {
    expect(findSteering(HOSTILE_NAME)).toEqual(
      expect.arrayContaining(['U+000d', 'U+001b', 'U+0007', 'U+009b', 'U+202e', 'U+2028']),
    );
  });
});
