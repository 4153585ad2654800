import { posix } from 'node:path';
import { Plain } from '../../../system/errors.ts';

/** Path below the mount to content. Nested paths stand for `items[].path: a/b/c`. */
export type Payload = Readonly<Record<string, Uint8Array | string>>;

/** A payload after validation: clean relative paths, bytes only. */
export type Files = ReadonlyMap<string, Buffer>;

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

export function parsePayload(payload: Payload): Files {
  const files = new Map<string, Buffer>();
  for (const [rawPath, content] of Object.entries(payload)) {
    validatePath(rawPath);
    files.set(cleanPath(rawPath), Buffer.from(content));
  }
  return files;
}

/** The names that appear in the volume root: one link for all paths below the same component. */
export function firstComponents(files: Files): string[] {
  const names = [...files.keys()].map((path) => path.split('/', 1)[0] ?? path);
  return [...new Set(names)];
}

/** Every payload path with all the directories above it. */
export function pathsWithParents(files: Files): Set<string> {
  const paths = new Set<string>();
  for (const path of files.keys()) {
    for (let parent = path; parent !== '.'; parent = posix.dirname(parent)) paths.add(parent);
  }
  return paths;
}

/** The writer keeps every name that begins with two dots for itself, and counts bytes. */
function validatePath(path: string): void {
  const components = path.split('/');
  if (path === '') throw new InvalidPathError(path, 'must not be empty');
  if (path.startsWith('/')) throw new InvalidPathError(path, 'must be relative');
  if (Buffer.byteLength(path) > MAX_PATH_BYTES) {
    throw new InvalidPathError(path, `must not be longer than ${MAX_PATH_BYTES} bytes`);
  }
  if (components.includes('..')) throw new InvalidPathError(path, "must not contain '..'");
  if (components.some((name) => Buffer.byteLength(name) > MAX_NAME_BYTES)) {
    throw new InvalidPathError(path, `must not have a name longer than ${MAX_NAME_BYTES} bytes`);
  }
  if (path.startsWith('..')) throw new InvalidPathError(path, "must not start with '..'");
}

function cleanPath(path: string): string {
  return posix.normalize(path).replace(/\/$/, '');
}
