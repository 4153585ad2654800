import type { Sidecar } from './sidecar.ts';

/** What the manifest gives rehup for a setting: a flag wins over a variable. `undefined` where it gives nothing. */
export function findWritten(
  { flags, env }: Pick<Sidecar, 'flags' | 'env'>,
  { flag, variable }: { flag: string; variable: string },
): string | undefined {
  const start = `${flag}=`;
  const index = flags.findIndex((word) => word === flag || word.startsWith(start));
  const word = flags[index];
  if (word === undefined) return env[variable] || undefined;
  return word.startsWith(start) ? word.slice(start.length) : flags[index + 1];
}
