import type { Readable } from 'node:stream';
import { Plain } from '../system/errors.ts';

/** Above etcd's limit for one object (1.5 MiB), and enough for a list of hundreds. */
const MAX_BYTES = 32 * 1024 * 1024;

export class TooLarge extends Plain {
  constructor() {
    super(`more than ${MAX_BYTES} bytes in one answer`);
  }
}

export class NoJson extends Plain {
  constructor() {
    super('the answer is not JSON');
  }
}

/** The engine's own error would quote what it could not parse, and that may be a Secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new NoJson();
  }
}

/** The whole body as text; throws TooLarge, or what broke it off. */
export async function readText(body: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    size += piece.length;
    if (size > MAX_BYTES) throw new TooLarge();
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** One JSON document a line, as watches are sent. What is not JSON ends it with an error. */
export async function* readJsonLines<Item>(body: Readable): AsyncGenerator<Item, void, void> {
  let pieces: Buffer[] = [];
  let size = 0;
  for await (const piece of body as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      const line = Buffer.concat([...pieces, piece.subarray(from, end)]).toString('utf8');
      pieces = [];
      size = 0;
      from = end + 1;
      if (line.trim() !== '') yield parseJson(line) as Item;
    }
    const rest = piece.subarray(from);
    size += rest.length;
    if (size > MAX_BYTES) throw new TooLarge();
    if (rest.length > 0) pieces.push(rest);
  }
}
