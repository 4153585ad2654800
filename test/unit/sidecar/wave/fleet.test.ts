import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../../src/sidecar/outcome.ts';
import { createWaveScene } from '../../../support/wave-scene.ts';

const BAD: Failure = { outcome: 'unverified', reason: 'it answers 500' };
const MINUTE = 60_000;

/** What befalls a fleet while content is on its way, and how long until the next. */
const trouble = fc.array(
  fc.record({
    what: fc.constantFrom('away', 'back', 'holder dies', 'holder stops', 'nothing'),
    afterMs: fc.integer({ min: 0, max: 40_000 }),
  }),
  { maxLength: 8 },
);

const fleets = fc.record({
  pods: fc.integer({ min: 2, max: 12 }),
  percent: fc.constantFrom(5, 30, 100),
  soakMs: fc.constantFrom(0, 20_000),
  attemptMs: fc.integer({ min: 1, max: 15_000 }),
  arrivals: fc.array(fc.integer({ min: 0, max: 90_000 }), { minLength: 12, maxLength: 12 }),
  trouble,
});

type Fleet = Parameters<Parameters<typeof fc.asyncProperty<[unknown]>>[1]>[0];

/** Brings content to all pods, each at its time, amid the trouble; then all is quiet for long. */
async function play(input: unknown, isBad: boolean) {
  const {
    pods: count,
    percent,
    trouble: all,
    arrivals,
    ...more
  } = input as {
    pods: number;
    percent: number;
    soakMs: number;
    attemptMs: number;
    arrivals: number[];
    trouble: { what: string; afterMs: number }[];
  };
  const scene = createWaveScene({
    ...more,
    pods: count,
    sizes: [{ percent }],
    patienceMs: Number.POSITIVE_INFINITY,
    effects: isBad ? { new: BAD } : {},
  });
  await using _ = scene;
  const gone = new Set<string>();
  const bringing = scene.pods.map(async (pod, index) => {
    await scene.clock.sleep(arrivals[index] ?? 0);
    pod.bring('new');
  });
  for (const { what, afterMs } of all) {
    const holder = scene.pods.find(({ name }) => name === scene.lease().holder);
    if (what === 'away') scene.setAway(true);
    if (what === 'back') scene.setAway(false);
    if (holder && !gone.has(holder.name) && gone.size < Math.min(2, count - 1)) {
      if (what === 'holder dies') holder.die();
      if (what === 'holder stops') void holder.stop();
      if (what.startsWith('holder')) gone.add(holder.name);
    }
    await scene.clock.advance(afterMs);
  }
  scene.setAway(false);
  await scene.clock.advance(20 * MINUTE);
  await Promise.all(bringing);
  const alive = scene.pods.filter(({ name }) => !gone.has(name));
  return { taken: scene.holders('new'), gone, alive, lease: scene.lease() };
}

describe('a fleet, whatever befalls it', () => {
  it('has bad content in one pod, and in those that took it over from one that is gone', async () => {
    await fc.assert(
      fc.asyncProperty(fleets, async (fleet: Fleet) => {
        const { taken, gone, lease } = await play(fleet, true);
        expect(taken.length).toBeLessThanOrEqual(1 + gone.size);
        expect(lease.wave?.now.state).toBe('bad');
      }),
      { numRuns: 40 },
    );
  });

  it('has good content in all pods in the end', async () => {
    await fc.assert(
      fc.asyncProperty(fleets, async (fleet: Fleet) => {
        const { taken, gone, alive, lease } = await play(fleet, false);
        for (const { name } of alive) expect(taken).toContain(name);
        // Where all have it, nobody has to open what is left, or to take over from one that is gone.
        expect(lease.wave?.now.state).toBe('good');
        expect(['', ...gone]).toContain(lease.holder);
      }),
      { numRuns: 40 },
    );
  });
});
