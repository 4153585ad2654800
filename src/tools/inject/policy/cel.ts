/** Text of the Common Expression Language. */

/**
 * A value as a literal. What is in lists and maps is `dyn`: the API server takes those of one type
 * only. Strings that are marked as expressions stay what they are.
 */
export function toCel(value: unknown): string {
  if (value instanceof Expression) return value.text;
  if (Array.isArray(value)) return `[${value.map(inside).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => `${quote(key)}: ${inside(item)}`);
    return `{${entries.join(', ')}}`;
  }
  return typeof value === 'string' ? quote(value) : String(value);
}

function inside(value: unknown): string {
  return `dyn(${toCel(value)})`;
}

/** A part of a value that is computed. */
export class Expression {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export function quote(text: string): string {
  return JSON.stringify(text);
}

/** A list of words. */
export function words(list: readonly string[]): string {
  return `[${list.map(quote).join(', ')}]`;
}

/** A list that may be missing. */
export function listOf(path: string): string {
  return `(has(${path}) ? ${path} : [])`;
}
