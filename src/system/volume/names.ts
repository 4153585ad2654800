/** The names that the writer of a volume keeps for itself: all begin with two dots. */
export const DATA_LINK = '..data';
export const NEW_DATA_LINK = '..data_tmp';

/** A link that is made already, and has yet to get the name of its key. */
const COMING_LINK = '..link_';

/** A directory that holds one generation: the moment in UTC, and digits that make it unique. */
const GENERATION = /^\.\.\d{4}(?:_\d{2}){5}\.\d{1,10}$/;

export function isGeneration(name: string): boolean {
  return GENERATION.test(name);
}

/** As the kubelet names them. @param unique From 0 to 2^32 - 1. */
export function generationName(now: Date, unique: number): string {
  const utc = now.toISOString().slice(0, 'YYYY-MM-DDTHH:MM:SS'.length);
  return `..${utc.replaceAll(/[-T:]/g, '_')}.${unique}`;
}

export function comingLink(index: number): string {
  return `${COMING_LINK}${index}`;
}

/** What a writer that was killed leaves behind, beside generations. */
export function isLeftover(name: string): boolean {
  return name === NEW_DATA_LINK || name.startsWith(COMING_LINK);
}

/** Of the keys, and not the writer's own. */
export function isShown(name: string): boolean {
  return !name.startsWith('..');
}
