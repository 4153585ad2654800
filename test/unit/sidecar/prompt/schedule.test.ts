import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  afterArrival,
  afterPatch,
  type Ask,
  isExhausted,
  isOver,
  isUnsent,
  joinAsk,
  planAsk,
  withoutPatches,
} from '../../../../src/sidecar/prompt/schedule.ts';

/** The longest time from one sync of a pod to the next, and a margin. */
const KUBELET_PERIOD_MS = 95_000;

/** A change at that time, without splay. */
function changed(nowMs: number, earlier?: Ask): Ask {
  const unsent = earlier?.patches === 0 ? [earlier] : [];
  return planAsk(nowMs, 0, { earlier, unsent });
}

function patched(ask: Ask, ...timesMs: number[]): Ask {
  return timesMs.reduce(afterPatch, ask);
}

describe('what the kubelet is asked for', () => {
  it('is due after a moment for others to join, and after the splay', () => {
    expect(changed(1000).dueMs).toBe(1100);
    expect(planAsk(1000, 20_000).dueMs).toBe(21_100);
  });

  it('waits for those that follow each other, but not forever', () => {
    let ask = changed(0);
    for (let nowMs = 0; nowMs <= 10_000; nowMs += 50) {
      ask = changed(nowMs, ask);
      expect(ask.dueMs).toBe(Math.min(nowMs + 100, 500));
    }
  });

  it('is asked for with a later change at another mount, unless it was before', () => {
    const later = planAsk(60, 0, { unsent: [changed(0)] });
    expect(joinAsk(changed(0), later).dueMs).toBe(160);
    expect(joinAsk(patched(changed(0), 50), later).dueMs).toBe(3050);
  });

  it('is not put off by changes while it waits for its splay', () => {
    let ask = planAsk(0, 30_000);
    for (let nowMs = 0; nowMs <= 30_000; nowMs += 1000) {
      ask = planAsk(nowMs, 30_000, { unsent: [ask] });
    }
    expect(ask.dueMs).toBe(30_500);
  });

  it('is asked for again after three seconds, three times at most', () => {
    const first = afterPatch(changed(0), 100);
    expect(first).toMatchObject({ patches: 1, dueMs: 3100 });
    expect(isExhausted(first, 3100)).toBe(false);
    expect(isExhausted(patched(first, 3100), 6100)).toBe(false);
    expect(isExhausted(patched(first, 3100, 6100), 6100)).toBe(true);
  });

  it('is over when the kubelet has been there by itself', () => {
    const ask = planAsk(0, 20_000);
    expect(isOver(ask, 20_000 + KUBELET_PERIOD_MS - 1)).toBe(false);
    expect(isOver(ask, 20_000 + KUBELET_PERIOD_MS)).toBe(true);
    expect(isExhausted(ask, 20_000 + KUBELET_PERIOD_MS)).toBe(true);
  });

  it('is nothing more when the content arrived', () => {
    expect(afterArrival(changed(0))).toBeUndefined();
    expect(afterArrival(patched(changed(0), 100))).toBeUndefined();
    const joined = changed(50, changed(0));
    expect(afterArrival(patched(joined, 150))).toBeUndefined();
  });

  it('is the later change, where what arrived may have been the one before', () => {
    const later = changed(600, patched(changed(0), 100));
    expect(later).toMatchObject({ patches: 0, dueMs: 700, overlaps: true });
    const left = afterArrival(later);
    expect(left).toMatchObject({ dueMs: 700, overlaps: false, doubtful: true });
    if (left === undefined) return;
    // Two more patches, and no wait of a minute for what is most likely there.
    const last = patched(left, 700, 3700);
    expect(isExhausted(last, 3700)).toBe(true);
    expect(isOver(last, 6699)).toBe(false);
    expect(isOver(last, 6700)).toBe(true);
    expect(afterArrival(left)).toBeUndefined();
  });

  it('is asked for once more where the later change was asked for, too', () => {
    const later = patched(changed(600, patched(changed(0), 100)), 1100);
    const left = afterArrival(later);
    expect(left).toMatchObject({ dueMs: 4100 });
    expect(left && isExhausted(left, 4100)).toBe(false);
    expect(left && isExhausted(patched(left, 4100), 4100)).toBe(false);
    expect(left && isExhausted(patched(left, 4100, 7100), 7100)).toBe(true);
  });

  it('is nothing in a large fleet, but is awaited', () => {
    const ask = withoutPatches(changed(0));
    expect(isExhausted(ask, 0)).toBe(true);
    expect(isOver(ask, KUBELET_PERIOD_MS - 1)).toBe(false);
    expect(isUnsent(ask)).toBe(false);
    expect(afterArrival(withoutPatches(changed(600, ask)))).toBeUndefined();
  });

  it('is asked for once where most likely it is there', () => {
    const ask = planAsk(0, 0, { doubtful: true });
    expect(isExhausted(ask, 100)).toBe(false);
    const asked = patched(ask, 100);
    expect(isExhausted(asked, 100)).toBe(true);
    expect(isOver(asked, 3100)).toBe(true);
    // Unless a change at the same mount is certain.
    expect(changed(600, ask)).toMatchObject({ doubtful: false, allowed: 3 });
    const both = planAsk(600, 0, { doubtful: true, earlier: changed(0) });
    expect(both).toMatchObject({ doubtful: false, allowed: 3 });
  });

  it('never takes more than three patches for one change, whatever comes between', () => {
    const step = fc.constantFrom('patch', 'arrival');
    fc.assert(
      fc.property(fc.array(step), fc.boolean(), (steps, overlaps) => {
        const earlier = overlaps ? patched(changed(0), 100) : undefined;
        let ask: Ask | undefined = changed(600, earlier);
        let patches = 0;
        let nowMs = 600;
        for (const each of steps) {
          if (ask === undefined) break;
          nowMs = Math.max(nowMs, ask.dueMs);
          if (each === 'arrival') ask = afterArrival(ask);
          else if (!isExhausted(ask, nowMs)) {
            patches += 1;
            ask = afterPatch(ask, nowMs);
          }
        }
        expect(patches).toBeLessThanOrEqual(3);
      }),
    );
  });
});
