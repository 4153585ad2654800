import { basename } from 'node:path';
import type { RawValues } from '../../../config/file.ts';
import type { Container } from '../../manifest/container.ts';
import type { Path } from '../../manifest/path.ts';

/** What a command line of rehup says, or what is wrong with it. */
export type ParsedArguments = { command: string; flags: RawValues } | { usage: string };

export type ParseArguments = (argv: readonly string[]) => ParsedArguments;

/** An argument of the container, with its place. */
export type Argument = { text: string; path: Path };

/**
 * The arguments that rehup gets. The image starts rehup, so `args` are its arguments; a `command`
 * replaces that, and if it does not start rehup, nothing can be said.
 */
export function findArguments({ command, args, path }: Container): Argument[] | undefined {
  const place = (list: readonly string[], key: string): Argument[] =>
    list.map((text, index) => ({ text, path: [...path, key, index] }));
  const own = place(args, 'args');
  if (command.length === 0) return own;
  const all = [...place(command, 'command'), ...own];
  const start = all.findIndex(({ text }) => /^rehup(?:\.[cm]js)?$/.test(basename(text)));
  return start === -1 ? undefined : all.slice(start + 1);
}

/** The arguments that set a flag: one, or two where its value stands apart. */
export function findFlag(all: readonly Argument[], flag: string): Argument[] {
  const index = all.findIndex(({ text }) => text === flag || text.startsWith(`${flag}=`));
  const [first, second] = index === -1 ? [] : all.slice(index, index + 2);
  if (first === undefined) return [];
  const hasValue = first.text.includes('=') || (second?.text.startsWith('-') ?? true);
  return hasValue || second === undefined ? [first] : [first, second];
}
