import { randomBytes } from 'node:crypto';
import type { ObjectMeta } from '../../kubernetes/types.ts';
import type { Content } from '../../kubernetes/content.ts';
import { ANNOTATIONS, newestFirst } from './family.ts';
import { revisionName } from './name.ts';

export type Named = {
  name: string;
  /** Of a Secret. */
  salt: string | undefined;
  /** The salt was made just now: another run makes another one. */
  isNewSalt: boolean;
};

/**
 * The name of a content. For a Secret: with a salt that the family has already, so that the same
 * content has the same name again, otherwise with a new one.
 */
export function nameContent(
  base: string,
  content: Content,
  members: readonly ObjectMeta[],
  createSalt: () => string = () => randomBytes(16).toString('hex'),
): Named {
  if (content.kind === 'ConfigMap') {
    const name = revisionName(base, content, undefined);
    return { name, salt: undefined, isNewSalt: false };
  }
  const known = newestFirst(members).flatMap((one) => one.annotations?.[ANNOTATIONS.salt] ?? []);
  const named = [...new Set(known)].map((salt) => ({
    name: revisionName(base, content, salt),
    salt,
    isNewSalt: false,
  }));
  const existing = new Set(members.map(({ name }) => name));
  const [newest] = named;
  const found = named.find(({ name }) => existing.has(name)) ?? newest;
  if (found) return found;
  const salt = createSalt();
  return { name: revisionName(base, content, salt), salt, isNewSalt: true };
}
