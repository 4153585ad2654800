import { hash as hashOnce } from 'node:crypto';
import { createCounts } from '../../config/globs.ts';
import { hashKeys, hideRenewal } from '../../system/content-hash.ts';
import type { Globs } from './answer.ts';

/** Which keys of a mount count. */
export type Limits = {
  path: string;
  globs: Globs | undefined;
  /** What is watched, where somebody names it: directories, or files in them. */
  watched: readonly string[];
  /** A key that is for rehup alone. */
  without?: string | undefined;
};

/** The keys of a volume that count for a rule. */
export async function keysThatCount(
  keys: ReadonlyMap<string, Buffer>,
  { path, globs, watched, without }: Limits,
): Promise<ReadonlyMap<string, Buffer>> {
  const counts = await createCounts(globs ?? { include: undefined, exclude: undefined });
  const below = watched.flatMap((one) =>
    one.startsWith(`${path}/`) ? [one.slice(path.length + 1)] : [],
  );
  const isWhole = below.length === 0 || watched.includes(path);
  const isWatched = (key: string): boolean =>
    isWhole || below.some((one) => key === one || key.startsWith(`${one}/`));
  const isContent = (key: string): boolean => key !== without && counts(path, key);
  return new Map([...keys].filter(([key]) => isContent(key) && isWatched(key)));
}

/** The hash that a sidecar has of this content, once it is mounted. */
export function hashContents(keys: ReadonlyMap<string, Buffer>): string {
  return hashKeys(
    new Map(
      [...keys].map(([key, content]) => [key, hashOnce('sha256', hideRenewal(content), 'hex')]),
    ),
  );
}
