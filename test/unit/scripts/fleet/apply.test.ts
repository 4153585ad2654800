import { describe, expect, it } from 'vitest';
import { clockOf, playUntil } from '../../../../scripts/fleet/apply/clock.ts';
import { type ApplyResult, simulateApply } from '../../../../scripts/fleet/apply/simulate.ts';
import { createTimeline } from '../../../../scripts/fleet/events.ts';
import { defaultSettings, type FleetSettings } from '../../../../scripts/fleet/settings.ts';

async function simulate(pods: number, given: Partial<FleetSettings> = {}): Promise<ApplyResult> {
  return await simulateApply({ pods, seed: 1, settings: { ...defaultSettings, ...given } });
}

describe('rehup apply, simulated,', () => {
  it('has 1000 pods within 15 s, refused by nobody', async () => {
    const { allMs, patches, refused, peakPerSecond } = await simulate(1000);
    expect(allMs).toBeLessThanOrEqual(15_000);
    expect([patches, refused]).toEqual([1000, 0]);
    expect(peakPerSecond).toBeLessThanOrEqual(150);
  });

  it('knows of the last pod soon after it has proved it, and asks each but a few times', async () => {
    for (const pods of [1, 10, 50]) {
      const { allMs, provedMs, looks } = await simulate(pods);
      expect(allMs).toBeGreaterThanOrEqual(provedMs);
      expect(allMs - provedMs).toBeLessThan(250);
      expect(looks).toBeLessThanOrEqual(12 * pods);
    }
  });

  it('asks again where a kubelet hears late of the content', async () => {
    const late = { lateNodes: 1, lateMinMs: 2500, lateMaxMs: 3000 };
    const { patches, allMs } = await simulate(100, late);
    expect(patches).toBeGreaterThan(100);
    expect(allMs).toBeLessThan(10_000);
  });

  it('gets there where the API server refuses', async () => {
    const { refused, allMs } = await simulate(200, { personSeats: 2, handSize: 1, queueLength: 2 });
    expect(refused).toBeGreaterThan(0);
    expect(allMs).toBeLessThan(60_000);
  });

  it('is the same with the same seed', async () => {
    expect(await simulate(300)).toEqual(await simulate(300));
  });
});

it('the clock of a timeline plays what waits in its order, and hands on what fails', async () => {
  const timeline = createTimeline();
  const clock = clockOf(timeline);
  const ends: string[] = [];
  const wait = async (ms: number): Promise<void> => {
    await clock.sleep(ms);
    ends.push(`${ms} at ${clock.elapsed()}`);
  };
  await playUntil(timeline, Promise.all([wait(50), wait(0), wait(20)]));
  expect(ends).toEqual(['0 at 0', '20 at 20', '50 at 50']);
  const failing = clock.sleep(10).then(() => Promise.reject(new Error('over')));
  await expect(playUntil(timeline, failing)).rejects.toThrow('over');
});
