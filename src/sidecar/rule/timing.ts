import type { Changes } from '../snapshot/diff.ts';
import type { Attempted } from './attempt.ts';
import { type Content, newestOf } from './content.ts';

/** How long it took from the swap is only known of an update that was seen coming. */
export function describeTiming(
  content: Content,
  changes: Changes,
  { targets, actedAtMs }: Attempted,
  tookMs: number,
): object {
  const newest = changes.size === 0 ? undefined : newestOf(content, [...changes.keys()]);
  if (newest === undefined || actedAtMs === undefined) return { targets, tookMs };
  return {
    targets,
    tookMs,
    swapToReloadMs: Math.max(0, actedAtMs - newest.snapshot.swappedAtMs),
  };
}
