import { posix } from 'node:path';
import { parseVolumePath, topOf } from '../../../system/volume/paths.ts';

/** Path below the mount to content. Nested paths stand for `items[].path: a/b/c`. */
export type Payload = Readonly<Record<string, Uint8Array | string>>;

/** A payload after validation: clean relative paths, bytes only. */
export type Files = ReadonlyMap<string, Buffer>;

export function parsePayload(payload: Payload): Files {
  const files = new Map<string, Buffer>();
  for (const [rawPath, content] of Object.entries(payload)) {
    files.set(parseVolumePath(rawPath), Buffer.from(content));
  }
  return files;
}

/** The names that appear in the volume root: one link for all paths below the same component. */
export function firstComponents(files: Files): string[] {
  const names = [...files.keys()].map(topOf);
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
