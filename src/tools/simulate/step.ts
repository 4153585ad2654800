import { nearest } from '../../config/nearest.ts';
import { InvalidValue, parseList } from '../../config/parse.ts';
import { explainBadKey } from './keys.ts';

/** Steps that may name a key. */
const KEYED = ['change', 'add', 'remove'] as const;
const PLAIN = ['same', 'burst', 'crash', 'tear-down'] as const;

/** As they are written. */
export const stepForms = [...KEYED.map((name) => `${name} [KEY]`), 'set KEY=VALUE', ...PLAIN];

/** A step that makes other content. */
export type Edit =
  { name: (typeof KEYED)[number]; key?: string } | { name: 'set'; key: string; value: string };

export type Step = Edit | { name: (typeof PLAIN)[number] };

/** `change`, `change app.conf`, `set app.conf=greeting = hello`. */
export function parseStep(text: string): Step {
  const [, word = '', rest = ''] = /^\s*(\S*)\s?(.*)$/s.exec(text) ?? [];
  try {
    return word === 'set' ? { name: 'set', ...parseSetting(rest) } : parseWord(word, rest.trim());
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error;
    throw new InvalidValue(`${word}: ${error.message}`);
  }
}

function parseWord(word: string, key: string): Step {
  const plain = PLAIN.find((name) => name === word);
  if (plain !== undefined) {
    if (key !== '') throw new InvalidValue('takes no key');
    return { name: plain };
  }
  const keyed = KEYED.find((name) => name === word);
  if (keyed !== undefined) return key === '' ? { name: keyed } : { name: keyed, key };
  const known = [...KEYED, 'set', ...PLAIN];
  throw new InvalidValue(
    `is not a step; did you mean ${nearest(word, known)}? Known are ${known.join(', ')}`,
  );
}

/** `KEY=VALUE`. The value is taken as it is. */
export function parseSetting(text: string): { key: string; value: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidValue('is not of the form KEY=VALUE');
  const key = text.slice(0, at);
  const fault = explainBadKey(key);
  if (fault !== undefined) throw new InvalidValue(`${key} ${fault}`);
  return { key, value: text.slice(at + 1) };
}

/** Comma separated steps. */
export function parsePlay(raw: string): Step[] {
  const steps = parseList(raw);
  if (steps.length === 0) throw new InvalidValue('names no step');
  return steps.map(parseStep);
}
