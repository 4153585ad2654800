import type { Content } from '../../kubernetes/content.ts';
import { HASH_LENGTH, hashContent } from '../../kubernetes/hash-content.ts';
import { MAX_NAME } from '../../kubernetes/names.ts';

/** The name of the object that holds this content. */
export function revisionName(base: string, content: Content, salt: string | undefined): string {
  return `${base}-${hashContent(content, salt)}`;
}

/** The longest base that leaves room for the hash. */
export const MAX_BASE = MAX_NAME - HASH_LENGTH - 1;
