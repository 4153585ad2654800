import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutputReader, type OutputLine } from '../../../../src/sidecar/exec/output.ts';

function read(pieces: readonly (Buffer | string)[]): OutputLine[] {
  const lines: OutputLine[] = [];
  const reader = createOutputReader((line) => lines.push(line));
  for (const piece of pieces) reader.write('stdout', Buffer.from(piece));
  reader.end();
  return lines;
}

describe('createOutputReader', () => {
  it('passes on lines of both streams as they are completed', () => {
    const lines: OutputLine[] = [];
    const reader = createOutputReader((line) => lines.push(line));
    reader.write('stdout', Buffer.from('one\ntw'));
    reader.write('stderr', Buffer.from('oops\n'));
    reader.write('stdout', Buffer.from('o\r\n\n  \nthree'));
    reader.end();
    expect(lines).toEqual([
      { stream: 'stdout', text: 'one' },
      { stream: 'stderr', text: 'oops' },
      { stream: 'stdout', text: 'two' },
      { stream: 'stdout', text: 'three' },
    ]);
  });

  it('joins a character that came in two pieces', () => {
    const bytes = Buffer.from('grün\n');
    expect(read([bytes.subarray(0, 3), bytes.subarray(3)])).toEqual([
      { stream: 'stdout', text: 'grün' },
    ]);
  });

  it('takes out what steers a terminal', () => {
    expect(read(['\u001B[31mred\u001B[0m \u0007\tx\n'])).toEqual([
      { stream: 'stdout', text: 'red �\tx' },
    ]);
  });

  it('shortens a long line, and does not cut a character', () => {
    const [line] = read([`${'x'.repeat(998)}😀${'y'.repeat(10_000)}`]);
    expect(line?.text).toBe(`${'x'.repeat(998)}…`);
  });

  it('passes on 100 lines and says how many were left out', () => {
    const lines = read([Array.from({ length: 157 }, (_, index) => `line ${index}\n`).join('')]);
    expect(lines).toHaveLength(101);
    expect(lines.at(-2)?.text).toBe('line 99');
    expect(lines.at(-1)).toEqual({ stream: 'rehup', text: '57 more lines left out' });
  });

  it('does not depend on how the output was cut into pieces', () => {
    const text = fc.array(fc.constantFrom('a', 'ü', '😀', '\n', '\r\n', ' ', '\u001B[1m'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200)), (chars, cuts) => {
        const bytes = Buffer.from(chars.join(''));
        const sorted = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length];
        sorted.sort((one, other) => one - other);
        const pieces = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end));
        expect(read(pieces)).toEqual(read([bytes]));
      }),
    );
  });
});
