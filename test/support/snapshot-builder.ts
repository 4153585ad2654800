import { createHash } from 'node:crypto';
import { createSnapshot, type Snapshot } from '../../src/sidecar/snapshot/snapshot.ts';

/** A snapshot of keys with these contents. */
export function buildSnapshot(
  contents: Readonly<Record<string, string>>,
  swappedAtMs = 0,
): Snapshot {
  const keys = Object.entries(contents).map(([key, text]) => [key, sha256(text)] as const);
  return createSnapshot(new Map(keys), swappedAtMs);
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
