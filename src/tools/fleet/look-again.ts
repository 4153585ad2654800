/** When a pod is to be looked at again. Milliseconds, on `Clock.elapsed`. */
export type Plan = {
  dueMs: number;
  /** When nothing was under way there, as far as was seen. */
  quietMs: number | undefined;
  /** How often it was looked at in a row while the reload could have been over. */
  looks: number;
};

/** While nothing happens there. */
const PAUSE_MS = 120;

/** When it may be over any moment. */
const SHORTEST_MS = 30;
const LONGEST_MS = 250;
const GROWTH = 1.3;

/**
 * A look costs the pod, its node and the API server some milliseconds of a processor each, which the kubelets
 * and the proofs would have, too: none before something can have come of it. An app has to live on for a
 * while until a reload counts, and that begins after the last look that saw none under way.
 */
export function planLook(
  before: Plan | undefined,
  { isReloading, surviveMs, nowMs }: { isReloading: boolean; surviveMs: number; nowMs: number },
): Plan {
  if (!isReloading) return { dueMs: nowMs + PAUSE_MS, quietMs: nowMs, looks: 0 };
  const { quietMs, looks = 0 } = before ?? {};
  const earliestMs = quietMs === undefined ? nowMs : quietMs + surviveMs;
  if (earliestMs > nowMs + SHORTEST_MS) return { dueMs: earliestMs, quietMs, looks };
  const pauseMs = Math.min(LONGEST_MS, SHORTEST_MS * GROWTH ** looks);
  return { dueMs: nowMs + pauseMs, quietMs, looks: looks + 1 };
}
