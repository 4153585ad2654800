import { join } from 'node:path';
import { compileGlob } from './glob.ts';

/** Whether a key counts, of this mount. */
export type Counts = (mount: string, key: string) => boolean;

export type GlobInput = {
  include: readonly string[] | undefined;
  exclude: readonly string[] | undefined;
};

/**
 * A glob is matched with the key path; one that begins with a slash with mount and key path. Keys
 * that begin with a dot match like any other: `.env` is a key, not a hidden file.
 */
export async function createCounts({ include, exclude = [] }: GlobInput): Promise<Counts> {
  if (include === undefined && exclude.length === 0) return () => true;
  const included = include === undefined ? () => true : compile(include);
  const excluded = compile(exclude);
  return (mount, key) => included(mount, key) && !excluded(mount, key);
}

function compile(globs: readonly string[]): Counts {
  const matchers = globs.map((glob) => ({
    absolute: glob.startsWith('/'),
    matches: compileGlob(glob),
  }));
  return (mount, key) =>
    matchers.some(({ absolute, matches }) => matches(absolute ? join(mount, key) : key));
}
