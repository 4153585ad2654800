import { errorCode } from './errors.ts';

/** Errors that say nothing about the file or process they came with: nothing can be opened now. */
const CODES = ['EMFILE', 'ENFILE', 'ENOMEM'];

/** The errno name, where the machine or the container has run out of something for the moment. */
export function outOfResources(thrown: unknown): string | undefined {
  const code = errorCode(thrown) ?? '';
  return CODES.includes(code) ? code : undefined;
}

/** What helps against all of them. */
export const RAISE_LIMITS =
  'raise the limit of open files (RLIMIT_NOFILE) of the container runtime, or the memory limit of the rehup container';
