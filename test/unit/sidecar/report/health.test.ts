import { describe, expect, it } from 'vitest';
import { createHealth } from '../../../../src/sidecar/report/health.ts';
import { createManualClock } from '../../../support/manual-clock.ts';

const LONGEST_TURN_MS = 60_000;

describe('health', () => {
  it('is ready once every mount has been read, and stays so', () => {
    const health = createHealth(createManualClock(), LONGEST_TURN_MS);
    expect(health.isReady()).toBe(false);
    health.ready();
    health.turn('begin');
    expect(health.isReady()).toBe(true);
  });

  it('is alive while nothing happens, for however long', async () => {
    const clock = createManualClock();
    const health = createHealth(clock, LONGEST_TURN_MS);
    await clock.advance(24 * 3_600_000);
    expect(health.isAlive()).toBe(true);
  });

  it('is dead while one turn takes longer than any may, and alive again after it', async () => {
    const clock = createManualClock();
    const health = createHealth(clock, LONGEST_TURN_MS);
    health.turn('begin');
    await clock.advance(LONGEST_TURN_MS);
    expect(health.isAlive()).toBe(true);
    await clock.advance(1);
    expect(health.isAlive()).toBe(false);
    health.turn('end');
    expect(health.isAlive()).toBe(true);
  });

  it('adds up no turns, and minds no step of the wall clock', async () => {
    const clock = createManualClock();
    const health = createHealth(clock, LONGEST_TURN_MS);
    health.turn('begin');
    clock.stepWallClock(24 * 3_600_000);
    await clock.advance(LONGEST_TURN_MS - 1);
    health.turn('end');
    health.turn('begin');
    await clock.advance(LONGEST_TURN_MS - 1);
    expect(health.isAlive()).toBe(true);
  });
});
