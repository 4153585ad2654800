import leven from 'leven';

/** Of what the user may have meant, what takes the fewest keystrokes. */
export function nearest(name: string, known: readonly string[]): string {
  return known.toSorted((one, other) => leven(name, one) - leven(name, other))[0] ?? '';
}
