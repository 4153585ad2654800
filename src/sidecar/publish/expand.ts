import { Plain, reasonOf } from '../../system/errors.ts';
import { readRegular } from '../../system/regular-file.ts';

/** What a key refers to is not there, or cannot be taken. The message names it, and never its value. */
export class CannotFill extends Plain {}

export type Lookup = {
  env: Readonly<Record<string, string | undefined>>;
  /** The content of a file, without the line break at its end. */
  readFile: (path: string) => string;
};

/** `$(NAME)` is a variable, `$(/path)` a file; `$$(NAME)` stands for `$(NAME)` itself. As in a pod spec. */
const REFERENCE = /\$?\$\(([A-Za-z_][A-Za-z0-9_]*|\/[^()\n]+)\)/g;

/** Puts in what references stand for. @throws CannotFill where there is nothing to put in. */
export function expand(text: string, key: string, { env, readFile }: Lookup): string {
  return text.replaceAll(REFERENCE, (reference, name: string) => {
    if (reference.startsWith('$$')) return reference.slice(1);
    if (name.startsWith('/')) return readFile(name);
    const value = env[name];
    if (value !== undefined) return value;
    throw new CannotFill(`the key ${key} refers to the variable ${name}, which is not set`);
  });
}

const MAX_BYTES = 1024 * 1024;

export function readReferred(path: string): string {
  try {
    return readRegular(path, MAX_BYTES).replace(/\r?\n$/, '');
  } catch (error) {
    throw new CannotFill(`the file ${path}, which a key refers to: ${reasonOf(error)}`);
  }
}
