import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** What a core file of a process would hold: all that it can read or write, but for device memory. */
function readRegions(pid: number): { start: number; end: number }[] {
  return readFileSync(`/proc/${pid}/maps`, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const [, start = '', end = ''] = /^([0-9a-f]+)-([0-9a-f]+) r/.exec(line) ?? [];
      if (start === '' || /\[v(?:var|syscall|vclock|dso)/.test(line)) return [];
      return [{ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }];
    });
}

const PIECE = 4 * 1024 * 1024;

/** How often a text is in the memory of a process, in UTF-8 or in UTF-16. Needs to be allowed to trace it. */
export function countInMemory(pid: number, text: string): number {
  const memory = openSync(`/proc/${pid}/mem`, 'r');
  const needles = [Buffer.from(text), Buffer.from(text, 'utf16le')];
  const overlap = 2 * text.length;
  const buffer = Buffer.alloc(PIECE + overlap);
  let found = 0;
  try {
    for (const { start, end } of readRegions(pid)) {
      for (let at = start; at < end; at += PIECE) {
        const length = readAt(memory, buffer.subarray(0, Math.min(buffer.length, end - at)), at);
        const piece = buffer.subarray(0, length);
        found += needles.filter((needle) => piece.includes(needle)).length;
      }
    }
  } finally {
    closeSync(memory);
  }
  return found;
}

/** Regions may go away meanwhile. */
function readAt(memory: number, buffer: Buffer, at: number): number {
  try {
    return readSync(memory, buffer, 0, buffer.length, at);
  } catch {
    return 0;
  }
}

/** Whether one may look into the memory of a child. */
export function canReadMemory(): boolean {
  try {
    return countInMemory(process.pid, 'canReadMemory') > 0;
  } catch {
    return false;
  }
}
