import { describe, expect, it } from 'vitest';
import { type Plan, planLook } from '../../../../src/tools/fleet/look-again.ts';

/** Looks as planned: when, until the reload is over. */
function lookUntil(overMs: number, { beganMs, surviveMs }: { beganMs: number; surviveMs: number }) {
  const looks: number[] = [];
  let plan: Plan = { dueMs: 0, quietMs: 0, looks: 0 };
  for (let nowMs = 0; nowMs <= overMs; nowMs = plan.dueMs) {
    looks.push(nowMs);
    plan = planLook(plan, { isReloading: nowMs >= beganMs, surviveMs, nowMs });
  }
  return { looks, seenMs: plan.dueMs };
}

describe('a pod', () => {
  it('is not looked at while its app has to live on, and its reload is noticed soon after', () => {
    for (const beganMs of [0, 50, 130, 333, 700]) {
      const overMs = beganMs + 1000;
      const { looks, seenMs } = lookUntil(overMs, { beganMs, surviveMs: 1000 });
      expect(seenMs - overMs).toBeLessThan(100);
      const idle = looks.filter((ms) => ms > beganMs + 200 && ms < overMs - 300);
      expect(idle).toEqual([]);
    }
  });

  it('is looked at at once where nothing says how long its app has to live on', () => {
    const { seenMs } = lookUntil(220, { beganMs: 150, surviveMs: 0 });
    expect(seenMs - 220).toBeLessThan(60);
  });

  it('is looked at less often the longer its reload takes, and never seldom', () => {
    const { looks } = lookUntil(30_000, { beganMs: 0, surviveMs: 0 });
    const pauses = looks.slice(1).map((ms, index) => Math.round(ms - (looks[index] ?? 0)));
    expect(pauses.toSorted((one, other) => one - other)).toEqual(pauses);
    expect(pauses.at(-1)).toBe(250);
  });
});
