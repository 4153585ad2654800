import { fstatSync } from 'node:fs';

/**
 * Whether a descriptor is a terminal. `node:tty` brings the network modules along, half a mebibyte, and
 * the output of a sidecar is a pipe: what is not a character device is not asked about any further.
 */
export function isTerminal(descriptor: number): boolean {
  try {
    if (!fstatSync(descriptor).isCharacterDevice()) return false;
  } catch {
    // Closed.
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor);
}
