import type { Content } from '../volumes.ts';

/**
 * What content does: `good` is fine · `slow` takes the program for validation a while, and is fine ·
 * `invalid` is refused by it · `dies` ends the app · `fails` is loaded, and answers the verify URL with an error.
 */
export type Kind = 'good' | 'slow' | 'invalid' | 'dies' | 'fails';

/** One line, as many times as it says itself: a part of it shows, and so do parts of two. */
function textOf(label: string, lines: number): string {
  return `${label} ${lines}\n`.repeat(lines);
}

/** Each key says of which content it is. */
export function contentOf(kind: Kind, serial: number, keys: readonly string[]): Content {
  return Object.fromEntries(
    keys.map((key, index) => [
      key,
      textOf(`${kind}-${serial}`, 40 + ((serial * 7 + index * 131) % 400)),
    ]),
  );
}

export interface Identity {
  readonly kind: Kind;
  /** `good-12`; of several contents at once, all of them. */
  readonly label: string;
  /** The label, and the keys in their order. */
  readonly text: string;
}

const FIRST_LINES = /(?:^|[\s])([\w.-]+)=([a-z]+-\d+) \d+/g;

/** Of `key=value` pairs, whole values or their first lines. */
export function identify(content: string): Identity {
  const pairs = [...content.matchAll(FIRST_LINES)].map(([, key = '', label = '']) => ({
    key,
    label,
  }));
  return identifyKeys(pairs);
}

export function identifyKeys(pairs: readonly { key: string; label: string }[]): Identity {
  const labels = [...new Set(pairs.map(({ label }) => label))].toSorted();
  const keys = pairs.map(({ key }) => key).toSorted();
  const label = labels.join('+');
  return { kind: label.split('-', 1)[0] as Kind, label, text: `${label} ${keys.join(' ')}` };
}

export function isBad(kind: Kind): boolean {
  return kind === 'invalid' || kind === 'dies' || kind === 'fails';
}
