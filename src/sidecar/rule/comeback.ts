import { identify, isYoungerThan, mayMeet, type Span, startOf } from '../target/age.ts';
import type { Resolution } from '../target/resolution.ts';
import type { Tracked } from '../snapshot/track.ts';
import type { Content } from './content.ts';
import { type Standing, standingOf } from './standing.ts';
import type { Holdings } from './holdings.ts';

/**
 * Mounts were swapped that hold the same as before, as far as it counts: the kubelet writes no volume
 * anew whose content is the same, so that something else was there in between, which nobody saw. Known
 * are two readings of each mount, and when each target read its content. Decided is in which time
 * something else may have been there, and who cannot have read that.
 */
export type Comeback = {
  /** When something else may have been there; `undefined` if keys that do not count explain it all. */
  away: Span | undefined;
};

/** @param quietUntilMs Until then nothing moved, on `Clock.uptime`. */
export function findComeback(
  before: Content | undefined,
  next: Content,
  quietUntilMs: number,
): Comeback | undefined {
  if (before === undefined) return undefined;
  const swapped = [...next.tracked].filter(([path, now]) => isBack(before.tracked.get(path), now));
  if (swapped.length === 0) return undefined;
  const spans = swapped
    .filter(([path]) => before.raw.get(path) === next.raw.get(path))
    .map(([path, { becameAtMs }]) => ({
      fromMs: Math.max(before.tracked.get(path)?.readAtMs ?? 0, quietUntilMs),
      toMs: becameAtMs,
    }));
  return { away: spans.length === 0 ? undefined : join(spans) };
}

function isBack(then: Tracked | undefined, { snapshot }: Tracked): boolean {
  return (
    then !== undefined &&
    then.snapshot.hash === snapshot.hash &&
    then.snapshot.swappedAtMs !== snapshot.swappedAtMs
  );
}

function join(spans: readonly Span[]): Span {
  return {
    fromMs: Math.min(...spans.map(({ fromMs }) => fromMs)),
    toMs: Math.max(...spans.map(({ toMs }) => toMs)),
  };
}

/**
 * Who has the content that was away, where all targets had it before: not who may have read just then.
 * `undefined` if that cannot be told now.
 */
export function whoKeptIt(
  resolution: Resolution,
  { away }: Comeback,
  holdings: Holdings,
): Standing | undefined {
  return standingOf(resolution, (target) => {
    if (away === undefined || isYoungerThan(target, away.toMs)) return true;
    const read = holdings.get(identify(target))?.read ?? startOf(target);
    return !mayMeet(read, away);
  });
}
