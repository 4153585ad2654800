import leven from 'leven';

/** Nothing that is known is half as long. */
const LONGEST_NAME = 100;

/**
 * Of what the user may have meant, what takes the fewest keystrokes; of several, what begins as it was
 * written, since two letters that changed places count as two.
 */
export function nearest(name: string, known: readonly string[]): string {
  const written = name.slice(0, LONGEST_NAME);
  const candidates = known.map((one) => ({
    one,
    distance: leven(written, one),
    beginning: one[0] === written[0] ? 0 : 1,
  }));
  const [first] = candidates.toSorted(
    (one, other) => one.distance - other.distance || one.beginning - other.beginning,
  );
  return first?.one ?? '';
}
