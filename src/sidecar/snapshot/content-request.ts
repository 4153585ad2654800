import type { Changes } from './diff.ts';

/** What is to be applied. */
export type ContentRequest = {
  /** What differs from the content applied last; empty where that is not known. */
  changes: Changes;
  /** SHA-256 over the content to be applied. */
  hash: string;
};
