import {
  type Alternatives,
  type Atom,
  type Item,
  parsePattern,
  type Sequence,
} from './pattern-tree.ts';

/** A text that grows by its middle: `prefix`, so many times `pump`, `suffix`. */
export interface Pump {
  readonly prefix: string;
  readonly pump: string;
  readonly suffix: string;
}

/** What keeps a pattern from matching at last, so that it tries all other ways. */
const SPOILERS = ['', '\0', '!', '\n!', 'a\n!', 'a\u2028', ' ', 'a', '/', '='];

/** Where a class takes several characters, each of so many is tried. */
const VARIANTS = 3;

/**
 * Texts that make a backtracking engine work: what a pattern begins with, and then any part of it over
 * and over, so that repetitions compete for the same characters and each is a new place to start from.
 */
export function pumpsOf(source: string, flags: string): Pump[] {
  const pumps = new Map<string, Pump>();
  for (let variant = 0; variant < VARIANTS; variant += 1) {
    const sampler = { variant, flags: flags.replaceAll(/[gy]/g, '') };
    for (const { prefix, pump } of growths(parsePattern(source), '', sampler)) {
      for (const suffix of SPOILERS) {
        if (pump !== '')
          pumps.set(JSON.stringify([prefix, pump, suffix]), { prefix, pump, suffix });
      }
    }
  }
  return [...pumps.values()];
}

export function inflate({ prefix, pump, suffix }: Pump, length: number): string {
  return `${prefix}${pump.repeat(Math.ceil(length / pump.length))}${suffix}`;
}

type Sampler = { readonly variant: number; readonly flags: string };

type Growth = Pick<Pump, 'prefix' | 'pump'>;

function* growths(alternatives: Alternatives, prefix: string, sampler: Sampler): Generator<Growth> {
  for (const sequence of alternatives) {
    const samples = joinTexts(sequence).map((item) => ({ item, text: sampleOf(item, sampler) }));
    for (const [from, { item }] of samples.entries()) {
      const before = prefix + textOf(samples.slice(0, from));
      for (let to = from + 1; to <= samples.length; to += 1) {
        yield { prefix: before, pump: textOf(samples.slice(from, to)) };
      }
      if (item.kind === 'group') yield* growths(item.alternatives, before, sampler);
    }
  }
}

function textOf(samples: readonly { text: string }[]): string {
  return samples.map(({ text }) => text).join('');
}

/** Characters in a row are one part, but for one that is repeated. */
function joinTexts(sequence: Sequence): Item[] {
  return sequence.reduce<Item[]>((items, item) => {
    const last = items.at(-1);
    if (last?.kind !== 'text' || item.kind !== 'text' || last.quantified || item.quantified) {
      return [...items, item];
    }
    return [...items.slice(0, -1), { ...last, text: last.text + item.text }];
  }, []);
}

const CHARACTERS = [
  ...Array.from({ length: 128 }, (_, code) => String.fromCodePoint(code)),
  '\u0085',
  '\u2028',
  'é',
  '\uD800',
].toSorted((one, other) => rank(one) - rank(other));

/** Letters and digits are the likeliest to be taken by two parts of a pattern. */
function rank(char: string): number {
  return ['a', '0', 'A', ' ', '-', '/', '.', '='].indexOf(char) >>> 0;
}

function sampleOf(item: Item, sampler: Sampler): string {
  return sampleOnce(item, sampler).repeat(item.count);
}

function sampleOnce(atom: Atom, sampler: Sampler): string {
  if (atom.kind === 'text') return atom.text;
  if (atom.kind === 'group') {
    const { alternatives } = atom;
    const sequence = alternatives[sampler.variant % alternatives.length] ?? [];
    return sequence.map((part) => sampleOf(part, sampler)).join('');
  }
  const pattern = new RegExp(`^${atom.source}$`, sampler.flags);
  const taken = CHARACTERS.filter((char) => pattern.test(char));
  return taken[sampler.variant % taken.length] ?? '';
}
