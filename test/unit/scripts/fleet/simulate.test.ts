import { describe, expect, it } from 'vitest';
import { type FleetInput, simulateFleet } from '../../../../scripts/fleet/simulate.ts';
import type { FleetResult } from '../../../../scripts/fleet/counts.ts';
import { defaultSettings, type FleetSettings } from '../../../../scripts/fleet/settings.ts';
import { strategies } from '../../../../scripts/fleet/strategy.ts';
import { planAsk } from '../../../../src/sidecar/prompt/schedule.ts';
import { promptSplayMs } from '../../../../src/sidecar/prompt/splay.ts';

type Given = Partial<Omit<FleetInput, 'settings'>> & { settings?: Partial<FleetSettings> };

function simulate({ settings, ...given }: Given): FleetResult {
  const merged = { ...defaultSettings, ...settings };
  return simulateFleet({ pods: 1000, seed: 1, splayMs: 0, ...given, settings: merged });
}

/** The longest that a kubelet takes by itself: period, tick, sync. */
const KUBELET_MS =
  defaultSettings.syncPeriodMaxMs + defaultSettings.syncTickMs + defaultSettings.syncMaxMs;

const scenarios = Object.entries(strategies).flatMap(([strategy, splayOf]) =>
  [1, 50, 111, 2000].map((pods) => ({ strategy, pods, splayMs: splayOf(pods) })),
);

describe('a fleet', () => {
  it.each(scenarios)('of $pods pods has it in every pod once: $strategy', ({ pods, splayMs }) => {
    const result = simulate({ pods, splayMs });

    expect(result.reached).toBe(pods);
    expect(result.allMs).toBeGreaterThanOrEqual(result.mostMs);
    expect(result.mostMs).toBeGreaterThanOrEqual(result.halfMs);
  });

  it.each(scenarios)('of $pods pods answers every request: $strategy', ({ pods, splayMs }) => {
    const { requests, writes, refused, timedOut } = simulate({ pods, splayMs });

    expect(writes + refused).toBe(requests);
    expect(timedOut).toBe(0);
    expect(writes).toBeLessThanOrEqual(3 * pods);
  });

  it('behaves the same with the same seed, and differently with another', () => {
    expect(simulate({ seed: 7 })).toEqual(simulate({ seed: 7 }));
    expect(simulate({ seed: 8 })).not.toEqual(simulate({ seed: 7 }));
  });
});

describe('a fleet that waits for its kubelets', () => {
  const result = simulate({ pods: 10_000, splayMs: undefined, settings: { lateNodes: 0 } });

  it('asks the API server for nothing', () => {
    expect(result).toMatchObject({ requests: 0, writes: 0, unasked: 10_000 });
  });

  it('has it after as long as a period of 60 to 90 s says: 38 s in the mean, and the sync', () => {
    // Mean of the rest of a period, E[L²] / 2 E[L]; half a tick; the middle of a sync.
    const meanMs = (75 ** 2 + 30 ** 2 / 12) * (1000 / 150) + 500 + 550;

    expect(Math.abs(result.meanMs - meanMs)).toBeLessThan(1000);
    expect(result.allMs).toBeGreaterThan(80_000);
    expect(result.allMs).toBeLessThanOrEqual(KUBELET_MS);
  });
});

describe('a fleet that asks at once', () => {
  it('takes as long as the kubelet, where the API server has no limits', () => {
    const settings = {
      seats: 1e9,
      writesPerSecond: 1e12,
      eventsPerSecond: 1e12,
      patchLatencyMs: 0,
      nodeLagMs: 0,
      lateNodes: 0,
      syncMinMs: 500,
      syncMaxMs: 500,
    };
    const { halfMs, allMs, refused, writeDelayMs } = simulate({ settings });
    const expectedMs = 10 + planAsk(0, 0).dueMs + 500;

    expect(refused).toBe(0);
    expect(writeDelayMs).toBeLessThan(0.001);
    expect(halfMs).toBeCloseTo(expectedMs, 3);
    // A pod whose own sync is under way needs one more.
    expect(allMs).toBeLessThanOrEqual(expectedMs + 500);
  });

  it('is refused as the real API server did: 856 and 906 of 1500', () => {
    const settings = { seats: 293, podWatchers: 0, writesPerSecond: 400 };
    const { refusedAtFirst, waiting } = simulate({ pods: 1500, settings });

    expect(refusedAtFirst).toBeGreaterThan(820);
    expect(refusedAtFirst).toBeLessThan(940);
    expect(waiting).toBe(300);
  });

  it('keeps the control plane busy, and is refused more often than it has pods', () => {
    const { refused, busyMs } = simulate({ pods: 10_000 });

    expect(refused).toBeGreaterThan(10_000);
    expect(busyMs).toBeGreaterThan(2000);
  });

  it('is refused less often by several API servers', () => {
    const settings = { writesPerSecond: 5000 };
    const one = simulate({ pods: 3000, settings });
    const three = simulate({ pods: 3000, settings: { ...settings, apiServers: 3 } });

    expect(three.refused).toBeLessThan(one.refused);
  });
});

describe('a fleet with the splay of promptSplayMs', () => {
  it.each([51, 100, 300, 1000, 3000, 6000])('of %i pods harms nobody', (pods) => {
    const result = simulate({ pods, splayMs: promptSplayMs(pods) });

    // 100 in the mean, at random: 150 are five standard deviations away.
    expect(result.peakPerSecond).toBeLessThan(150);
    expect(result.refused).toBe(0);
    expect(result.writeDelayMs).toBeLessThan(50);
  });

  it('harms nobody on a weak control plane, which twice the rate would', () => {
    const settings = { writesPerSecond: 200 };
    const once = simulate({ pods: 3000, splayMs: promptSplayMs(3000), settings });
    const twice = simulate({ pods: 3000, splayMs: 15_000, settings });

    expect(once.busyMs).toBeLessThan(500);
    expect(twice.busyMs).toBeGreaterThan(1000);
  });

  it.each([51, 1000, 6000])('of %i pods has it sooner than by the kubelets', (pods) => {
    const prompt = simulate({ pods, splayMs: promptSplayMs(pods) });
    const alone = simulate({ pods, splayMs: undefined });

    expect(prompt.halfMs).toBeLessThan(0.6 * alone.halfMs);
    expect(prompt.allMs).toBeLessThan(0.75 * alone.allMs);
  });

  it('would gain nothing for its last pods from a splay as long as a period', () => {
    const prompt = simulate({ pods: 10_000, splayMs: 100_000 });
    const alone = simulate({ pods: 10_000, splayMs: undefined });

    expect(prompt.allMs).toBeGreaterThan(0.95 * alone.allMs);
  });

  it('sends no patch where the kubelet came first', () => {
    const { unasked, writes } = simulate({ pods: 3000, splayMs: promptSplayMs(3000) });

    expect(unasked).toBeGreaterThan(300);
    expect(writes).toBeLessThan(3000);
  });
});

describe('whatever goes wrong', () => {
  it('nobody starves where hardly anything is let through', () => {
    const settings = { seats: 1, handSize: 1, queueLength: 1, writesPerSecond: 2 };
    const result = simulate({ pods: 2000, settings });

    expect(result.reached).toBe(2000);
    expect(result.refused).toBeGreaterThan(2000);
    expect(result.allMs).toBeLessThanOrEqual(KUBELET_MS);
  });

  it('a sidecar that gives up on an answer asks again, and its patch still counts', () => {
    const settings = { writesPerSecond: 20, seats: 400 };
    const { reached, timedOut } = simulate({ pods: 390, settings });

    expect(timedOut).toBeGreaterThan(0);
    expect(reached).toBe(390);
  });

  it('a second patch brings what a late kubelet missed', () => {
    const late = { lateNodes: 1, lateMinMs: 2000, lateMaxMs: 2500 };
    const { writes, allMs } = simulate({ pods: 100, settings: late });

    expect(writes).toBeGreaterThan(180);
    expect(writes).toBeLessThanOrEqual(200);
    expect(allMs).toBeLessThan(5000);
  });

  it('three patches are the most, the rest is the kubelet’s', () => {
    const late = { lateNodes: 1, lateMinMs: 20_000, lateMaxMs: 21_000 };
    const { writes, reached, allMs } = simulate({ pods: 100, settings: late });

    expect(writes).toBeLessThanOrEqual(300);
    expect(reached).toBe(100);
    expect(allMs).toBeGreaterThan(60_000);
  });

  it('a kubelet that limits its own requests takes longer', () => {
    const fast = simulate({ pods: 110, settings: { kubeletReads: 1 } });
    const slow = simulate({
      pods: 110,
      settings: { kubeletReads: 1, kubeletQps: 5, kubeletBurst: 10 },
    });

    expect(fast.allMs).toBeLessThan(5000);
    expect(slow.allMs).toBeGreaterThan(15_000);
  });
});
