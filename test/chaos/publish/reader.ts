import { fileURLToPath } from 'node:url';
import { type LineProcess, startLineProcess } from '../../support/line-process.ts';
import { type Identity, identifyKeys } from './content.ts';

/** A generation, from the moment on at which it was seen. */
export interface Seen extends Identity {
  readonly atMs: number;
  readonly generation: string;
}

/** Something that must never be to be seen. */
export interface Sight {
  readonly atMs: number;
  readonly what: 'torn' | 'mixed' | 'missing' | 'many';
  readonly text: string;
}

export interface TightReader extends AsyncDisposable {
  readonly seen: () => Seen[];
  readonly sights: () => Sight[];
  readonly isRunning: () => boolean;
}

const READER = fileURLToPath(new URL('../programs/tight-reader.ts', import.meta.url));

/** A process of its own that reads as fast as it can. */
export async function startTightReader(
  root: string,
  keys: readonly string[],
): Promise<TightReader> {
  // It is to take what is left of the machine, and not more.
  const command = ['nice', '-n', '10', process.execPath, READER, root, ...keys];
  const reader: LineProcess = await startLineProcess(command);
  let ended = false;
  void reader.exited.finally(() => {
    ended = true;
  });
  await reader.line('ready');
  return {
    seen: () => reader.lines.flatMap((line) => parseSeen(line) ?? []),
    sights: () => reader.lines.flatMap((line) => parseSight(line) ?? []),
    isRunning: () => !ended,
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}

function parseSeen(line: string): Seen | undefined {
  const [word, atMs, generation = '', ...keys] = line.split(' ');
  if (word !== 'seen') return undefined;
  const pairs = keys.map((pair) => {
    const [key = '', label = ''] = pair.split('=');
    return { key, label };
  });
  return { atMs: Number(atMs), generation, ...identifyKeys(pairs) };
}

function parseSight(line: string): Sight | undefined {
  const [, what, atMs, text = ''] = /^(torn|mixed|missing|many) (\S+) (.*)$/.exec(line) ?? [];
  if (what === undefined) return undefined;
  return { what: what as Sight['what'], atMs: Number(atMs), text };
}
