import leven from 'leven';

/** Nothing that is known is half as long. */
const LONGEST_NAME = 100;

/** Of what the user may have meant, what takes the fewest keystrokes. */
export function nearest(name: string, known: readonly string[]): string {
  const written = name.slice(0, LONGEST_NAME);
  const distances = known.map((one) => ({ one, distance: leven(written, one) }));
  return distances.toSorted((one, other) => one.distance - other.distance)[0]?.one ?? '';
}
