import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layOut, wrap } from '../../../src/system/table.ts';

const plain = (text: string): string => text;
const heads = ['KEY', 'WHY'];

/** Of what was cut apart and put together again. */
function letters(text: string): string {
  return Array.from(text.replaceAll(' ', '')).toSorted().join('');
}

describe('a table', () => {
  it('is as narrow as its cells, without blanks at the end', () => {
    const rows = [
      ['a.conf', 'x'],
      ['b', 'changed'],
    ];
    expect(layOut({ heads, rows }, 80, plain)).toEqual([
      'KEY     WHY',
      'a.conf  x',
      'b       changed',
    ]);
  });

  it('goes on in the next line of the column that has no room', () => {
    const rows = [['a.conf', 'the app has no handler for SIGHUP']];
    expect(layOut({ heads, rows }, 28, plain)).toEqual([
      'KEY     WHY',
      'a.conf  the app has no',
      '        handler for SIGHUP',
    ]);
  });

  it('paints cells after they are laid out', () => {
    const loud = { text: 'no', paint: (text: string) => `<${text}>` };
    const lines = layOut({ heads, rows: [[loud, 'x']] }, 80, (text) => text.toLowerCase());
    expect(lines).toEqual(['key  why', '<no>   x']);
  });

  it('never takes more room than there is, and loses nothing', () => {
    const cell = fc.stringMatching(/^[a-z ./äöü]{0,60}$/);
    const rows = fc.array(fc.tuple(cell, cell, cell), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 30, max: 160 }), (cells, width) => {
        const lines = layOut({ heads: ['A', 'B', 'C'], rows: cells }, width, plain);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width);
        expect(letters(lines.slice(1).join(''))).toBe(letters(cells.flat().join('')));
      }),
    );
  });
});

describe('a text that is wrapped', () => {
  it.each([
    ['one two three', 7, ['one two', 'three']],
    ['/a/very/long/path x', 6, ['/a/ver', 'y/long', '/path', 'x']],
    ['', 5, ['']],
    ['😀😀😀', 2, ['😀😀', '😀']],
  ])('%j in %d characters', (text, width, lines) => {
    expect(wrap(text, width)).toEqual(lines);
  });
});
