import * as fc from 'fast-check';

/** What breaks parsers of text, whatever the format. */
const COMMON_JUNK = [
  '',
  '\0',
  '\n',
  '\r\n',
  '\r',
  ' ',
  '\t',
  '-',
  '-1',
  '0',
  '0x10',
  '1e3',
  '1.5',
  '9'.repeat(25),
  '9'.repeat(400),
  'NaN',
  'Infinity',
  '\u2028',
  '\u00A0',
  '\uFEFF',
  '\uD800',
  '\u{1F642}',
  '__proto__',
  'constructor',
] as const;

type Damage = { kind: (typeof KINDS)[number]; at: number; length: number; junk: string };

const KINDS = [
  'cut',
  'insert',
  'replace',
  'repeat',
  'truncate',
  'swap lines',
  'drop line',
] as const;

/** Positions are parts of the length, in this many steps. */
const STEPS = 65_536;

/**
 * Real texts, damaged in a few places: most of such an input is well-formed, so that the parser gets
 * deep into it.
 *
 * @param junk What the format gives a meaning, and so is worth putting in the wrong place.
 */
export function damaged(
  samples: readonly string[],
  junk: readonly string[] = [],
): fc.Arbitrary<string> {
  const damage: fc.Arbitrary<Damage> = fc.record({
    kind: fc.constantFrom(...KINDS),
    at: fc.nat(STEPS - 1),
    length: fc.nat(30),
    junk: fc.oneof(
      { arbitrary: fc.constantFrom(...COMMON_JUNK, ...junk), weight: 4 },
      { arbitrary: fc.string({ unit: 'binary', maxLength: 5 }), weight: 1 },
    ),
  });
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(damage, { maxLength: 5 }))
    .map(([sample, damages]) => damages.reduce(apply, sample));
}

/** A text without any sense, among them what bytes that are not UTF-8 are decoded to. */
const nonsense: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', size: 'medium' }),
  fc.uint8Array({ size: 'medium' }).map((bytes) => Buffer.from(bytes).toString('utf8')),
);

/** Mostly damaged samples, and some nonsense. */
export function anyText(
  samples: readonly string[],
  junk: readonly string[] = [],
): fc.Arbitrary<string> {
  return fc.oneof(
    { arbitrary: damaged(samples, junk), weight: 6 },
    { arbitrary: tokens([...COMMON_JUNK, ...junk]), weight: 2 },
    { arbitrary: nonsense, weight: 1 },
  );
}

/** Pieces of the format, in any order. */
function tokens(pieces: readonly string[]): fc.Arbitrary<string> {
  return fc.array(fc.constantFrom(...pieces), { size: 'medium' }).map((all) => all.join(''));
}

function apply(text: string, { kind, at, length, junk }: Damage): string {
  const start = Math.floor((at * (text.length + 1)) / STEPS);
  const end = Math.min(text.length, start + length);
  switch (kind) {
    case 'cut':
      return text.slice(0, start) + text.slice(end);
    case 'insert':
      return text.slice(0, start) + junk + text.slice(start);
    case 'replace':
      return text.slice(0, start) + junk + text.slice(end);
    case 'repeat':
      return text.slice(0, end) + text.slice(start, end).repeat(1 + (at % 4)) + text.slice(end);
    case 'truncate':
      return text.slice(0, start);
    case 'swap lines':
      return onLines(text, at, (lines, index) => {
        const [line = ''] = lines.splice(index, 1);
        lines.splice(length % (lines.length + 1), 0, line);
      });
    case 'drop line':
      return onLines(text, at, (lines, index) => void lines.splice(index, 1));
    default:
      return kind satisfies never;
  }
}

function onLines(
  text: string,
  at: number,
  change: (lines: string[], index: number) => void,
): string {
  const lines = text.split('\n');
  change(lines, Math.floor((at * lines.length) / STEPS));
  return lines.join('\n');
}
