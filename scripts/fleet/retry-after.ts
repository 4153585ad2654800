/** The longest pause that an API server asks for, in seconds. */
const LONGEST_S = 32;

/** What an API server tells those whom it refuses. */
export type RetryAfter = {
  /** Notes a refusal; gives the pause to ask for, in seconds. */
  refuse: (nowMs: number) => number;
};

/**
 * The pause grows while refusals go on: it doubles when at least three times as many requests as
 * its seconds were refused within them, and shrinks by one when there were fewer than its seconds.
 * (Kubernetes 1.28 and later, `apiserver/pkg/util/flowcontrol/dropped_requests_tracker.go`; before, it is 1.)
 */
export function createRetryAfter(): RetryAfter {
  const bySecond = new Map<number, number>();
  let current = Number.NEGATIVE_INFINITY;
  let raisedAt = Number.NEGATIVE_INFINITY;
  let pauseS = 1;

  const refusedSince = (second: number): number =>
    [...bySecond].reduce((sum, [at, refused]) => (at >= second ? sum + refused : sum), 0);

  const adjust = (second: number): void => {
    const refused = refusedSince(second - pauseS);
    if (second - raisedAt >= pauseS && refused >= 3 * pauseS) {
      pauseS = Math.min(2 * pauseS, LONGEST_S);
      raisedAt = second;
    } else if (refused < pauseS && pauseS > 1) {
      pauseS -= 1;
    }
  };

  return {
    refuse: (nowMs) => {
      const second = Math.floor(nowMs / 1000);
      if (second !== current) {
        current = second;
        adjust(second);
        for (const at of bySecond.keys()) if (second - at > LONGEST_S) bySecond.delete(at);
      }
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
      return pauseS;
    },
  };
}
