import { writeSync } from 'node:fs';
import { errorCode } from '../system/errors.ts';

/**
 * Writes all of a text to a descriptor. Whoever else has a pipe open, Node's own stream objects among
 * them, may have made it non-blocking: then it takes a piece at a time, and none while it is full.
 */
export function writeAll(descriptor: number, text: string): void {
  let rest: Uint8Array = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      // Nobody reads any more.
      if (errorCode(error) !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

const RETRY_MS = 5;
