import type { Problem } from './problem.ts';
import { splitLines } from './text.ts';

/** One `-----BEGIN …-----` to its `-----END …-----`. */
export type PemBlock = {
  label: string;
  /** As it stands in the file. */
  text: string;
  /** Where it begins, counted from 1. */
  line: number;
  /** It takes a passphrase to read it. */
  encrypted: boolean;
};

const BEGIN = /^-----BEGIN ([A-Z0-9 ]+)-----\s*$/;
const END = /^-----END ([A-Z0-9 ]+)-----\s*$/;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** Text between the blocks is allowed: `openssl x509 -text` writes it (RFC 7468, 5.2). */
export function parsePem(text: string): PemBlock[] | Problem {
  const lines = splitLines(text);
  const blocks: PemBlock[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const label = BEGIN.exec(lines[index] ?? '')?.[1];
    if (label === undefined) {
      if (lines[index]?.startsWith('-----')) return problem(index, 'the line belongs to no block');
      continue;
    }
    const end = findBoundary(lines, index + 1);
    if (end === lines.length) return problem(index, 'the block has no END line');
    if (END.exec(lines[end] ?? '')?.[1] !== label) {
      return problem(end, 'the block is not closed by the END line that belongs to it');
    }
    const body = lines.slice(index + 1, end);
    if (!isBase64(body)) return problem(index, 'the block holds something else than base64');
    const blockText = `${lines
      .slice(index, end + 1)
      .map((line) => line.trimEnd())
      .join('\n')}\n`;
    const encrypted =
      label.startsWith('ENCRYPTED ') || body.some((line) => line.startsWith('Proc-Type'));
    blocks.push({ label, text: blockText, line: index + 1, encrypted });
    index = end;
  }
  return blocks.length === 0 ? { reason: 'is not PEM: there is no BEGIN line' } : blocks;
}

/** The next line that begins or ends a block; behind the last line, where there is none. */
function findBoundary(lines: readonly string[], from: number): number {
  let at = from;
  while (at < lines.length && !lines[at]?.startsWith('-----')) at += 1;
  return at;
}

/** Headers, as old encrypted keys have them, end with an empty line. */
function isBase64(body: readonly string[]): boolean {
  const blank = body.findIndex((line) => line.trim() === '');
  const hasHeaders = body[0]?.includes(':') === true && blank !== -1;
  const data = body
    .slice(hasHeaders ? blank + 1 : 0)
    .join('')
    .replaceAll(/\s/g, '');
  return data.length % 4 === 0 && BASE64.test(data);
}

function problem(index: number, reason: string): Problem {
  return { line: index + 1, reason: `is not PEM: ${reason}` };
}
