/** A plausible fault, put into the code by hand: what is found once in the file, and what takes its place. */
export type Mutant = {
  /** What is wrong with it, as a sentence would say it. */
  name: string;
  /** Below `src`. */
  file: string;
  /** Blanks and line breaks do not matter. */
  find: string;
  replace: string;
  /** Test files and folders, below `test`, one of which must fail. */
  suites: readonly string[];
  /** Why it cannot be noticed, or does no harm; it is not counted as a survivor then. */
  accepted?: string;
};

/** The text with the fault in it; throws where the place is not there, or not the only one. */
export function applyMutant(text: string, { name, find, replace }: Mutant): string {
  const words = find.trim().split(/\s+/).map(escape);
  const pattern = new RegExp(words.join(String.raw`\s*`), 'g');
  const places = [...text.matchAll(pattern)];
  const [place] = places;
  if (place === undefined || places.length > 1) {
    throw new Error(`${name}: its place is there ${places.length} times, and must be once`);
  }
  return text.slice(0, place.index) + replace + text.slice(place.index + place[0].length);
}

function escape(word: string): string {
  return word.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
