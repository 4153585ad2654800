import { describe, expect, it } from 'vitest';
import { parseConfigFile } from '../../../../src/config/file.ts';
import { loadConfig } from '../../../../src/config/load.ts';
import { createHealth, longestTurnMs } from '../../../../src/sidecar/report/health.ts';
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

describe('the longest turn', () => {
  it('is that of the configuration in force', async () => {
    const clock = createManualClock();
    const health = createHealth(clock, LONGEST_TURN_MS);
    health.begin(2 * LONGEST_TURN_MS);
    health.turn('begin');
    await clock.advance(LONGEST_TURN_MS + 1);
    expect(health.isAlive()).toBe(true);
    await clock.advance(LONGEST_TURN_MS);
    expect(health.isAlive()).toBe(false);
  });

  it('is no matter of a turn that a new configuration has cut short', async () => {
    const clock = createManualClock();
    const health = createHealth(clock, LONGEST_TURN_MS);
    health.turn('begin');
    health.begin(LONGEST_TURN_MS);
    await clock.advance(2 * LONGEST_TURN_MS);
    expect(health.isAlive()).toBe(true);
    expect(health.busySinceMs()).toBeUndefined();
  });

  it('is long enough for all that each rule may wait for, one after the other', async () => {
    const rules = `
rules:
  - {name: a, watch: /a, validateExec: /bin/check, readyUrl: http://h/, url: http://h/, timeout: 2m}
  - {name: b, watch: /b, url: "http://h/,http://i/,http://j/", timeout: 3m, verifyUrl: http://h/, verifyTimeout: 5m, onFailure: "restart:2", grace: 1m, restartTimeout: 4m}
  - {name: c, watch: /c, exec: /bin/reload, timeout: 1m}`;
    const file = parseConfigFile(rules, '/rules.yaml');
    const config = loadConfig({ flags: {}, env: {}, file });
    const minutes = longestTurnMs(config.rules) / 60_000;
    // Validation, ready URL and request; the requests, the proof and the restart; the command.
    expect(minutes).toBeGreaterThan(3 * 2 + 3 * 3 + 5 + 1 + 4 + 1);
  });
});
