import { describe, expect, it } from 'vitest';
import { defaultSettings } from '../../../../scripts/fleet/settings.ts';
import { createLease, RULE } from '../../../../scripts/fleet/waves/lease.ts';
import {
  simulateWave,
  type WaveInput,
  type WaveResult,
} from '../../../../scripts/fleet/waves/simulate.ts';
import { take } from '../../../../src/sidecar/wave/turn.ts';

function simulate(given: Partial<WaveInput> = {}): WaveResult {
  return simulateWave({
    pods: 200,
    sizes: [{ pods: 1 }],
    soakMs: 60_000,
    isBad: false,
    seed: 1,
    settings: defaultSettings,
    ...given,
  });
}

describe('a simulated wave', () => {
  it.each([1, 10, 200, 2000])('brings good content to all of %i pods, after the soak', (pods) => {
    const { taken, held, verdictMs, halfMs, refused } = simulate({ pods });
    expect([taken, held, refused]).toEqual([pods, 0, 0]);
    expect(verdictMs).toBeGreaterThan(60_000);
    expect(pods === 1 || halfMs > verdictMs).toBe(true);
  });

  it.each([2, 10, 200, 7000])('leaves bad content to one of %i pods', (pods) => {
    const { taken, held, writes } = simulate({ pods, isBad: true });
    expect([taken, held, writes]).toEqual([1, pods - 1, 2]);
  });

  it('goes by parts, each of which soaks', () => {
    const [short, long, longest] = [
      [{ pods: 1 }],
      [{ percent: 10 }],
      [{ percent: 1 }, { percent: 10 }],
    ].map((sizes) => simulate({ sizes }).allMs);
    expect(long).toBeGreaterThan((short ?? 0) + 60_000);
    expect(longest).toBeGreaterThan((long ?? 0) + 60_000);
  });

  it('asks about as often as docs/scale.md allows a fleet, once all have had their first look', () => {
    const { meanPerSecond } = simulate({ pods: 2000, soakMs: 300_000 });
    expect(meanPerSecond).toBeLessThan(130);
  });

  it('ends right where hardly anything is let through', () => {
    const settings = { ...defaultSettings, seats: 2, handSize: 1, queueLength: 1 };
    const narrow = { pods: 500, settings: { ...settings, patchLatencyMs: 200 } };
    const good = simulate(narrow);
    expect(good.refused).toBeGreaterThan(0);
    expect(good.taken).toBe(500);
    // Who cannot renew the Lease for so long is taken for gone, three times at most.
    const { taken, held } = simulate({ ...narrow, isBad: true });
    expect(taken).toBeLessThanOrEqual(3);
    expect(held).toBeGreaterThanOrEqual(497);
  });

  it('is the same with the same seed, and another with another', () => {
    expect(simulate({ seed: 7 })).toEqual(simulate({ seed: 7 }));
    expect(simulate({ seed: 8 })).not.toEqual(simulate({ seed: 7 }));
  });
});

it('a simulated Lease takes a write for the version that was read alone', () => {
  const lease = createLease();
  const before = lease.read();
  const wave = take(undefined, { hash: 'new', me: 'web-1', at: '' });
  expect(lease.write(before, { holder: 'web-1', wave }, 0)).toBe(true);
  expect(lease.write(before, { holder: 'web-2', wave }, 1)).toBe(false);
  expect(lease.read().holder).toBe('web-1');
  expect(lease.read().waves.get(RULE)).toBe(wave);
});
