import { posix } from 'node:path';
import { Plain } from '../errors.ts';

const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4096;

export class InvalidPathError extends Plain {
  readonly path: string;
  readonly reason: string;

  constructor(path: string, reason: string) {
    super(`invalid payload path ${JSON.stringify(path)}: ${reason}`);
    this.name = 'InvalidPathError';
    this.path = path;
    this.reason = reason;
  }
}

/**
 * The path of a key below the root of a volume, without detours. The writer keeps every name that
 * begins with two dots for itself, and counts bytes.
 */
export function parseVolumePath(path: string): string {
  const components = path.split('/');
  if (path === '') throw new InvalidPathError(path, 'must not be empty');
  if (path.startsWith('/')) throw new InvalidPathError(path, 'must be relative');
  if (path.includes('\0')) throw new InvalidPathError(path, 'must not contain a NUL byte');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new InvalidPathError(path, `must not be longer than ${MAX_PATH_BYTES} bytes`);
  }
  if (components.includes('..')) throw new InvalidPathError(path, "must not contain '..'");
  if (components.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) {
    throw new InvalidPathError(path, `must not have a name longer than ${MAX_NAME_BYTES} bytes`);
  }
  const clean = posix.normalize(path).replace(/\/$/, '');
  if (clean.startsWith('..')) throw new InvalidPathError(path, "must not start with '..'");
  if (clean === '.') throw new InvalidPathError(path, 'must name a file');
  return clean;
}

/** The name in the root of the volume below which a path lies. */
export function topOf(path: string): string {
  return path.split('/', 1)[0] ?? path;
}
