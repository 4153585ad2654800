import { describe, expect, it } from 'vitest';
import { parseWave } from '../../../../src/config/parse.ts';
import { pauseMs, stagesOf } from '../../../../src/sidecar/wave/pace.ts';

describe('the parts of a fleet', () => {
  it.each([
    ['1', 10, [1]],
    ['10%', 10, [0.1, 1]],
    ['1,10%,50%', 100, [0.1, 0.5, 1]],
    ['50%,10%', 100, [0.1, 0.5, 1]],
    ['5', 20, [0.25, 1]],
    ['100%', 20, [1]],
    ['30', 20, [1]],
    ['2', 0, [1]],
  ])('of %s are, of %i pods, %j', (raw, replicas, stages) => {
    expect(stagesOf(parseWave(raw), replicas)).toEqual(stages);
  });

  it.each(['', '0', '0%', '101%', '1.5', '-1', 'all', '1 0', '10 %'])('are not %j', (raw) => {
    expect(() => parseWave(raw)).toThrow(/write|more than all/);
  });
});

it.each([1, 10, 200, 1000, 100_000])('asks at most 100 times a second with %i pods', (replicas) => {
  for (const random of [0, 0.5, 1]) {
    const perSecond = replicas / (pauseMs(replicas, false, random) / 1000);
    expect(perSecond).toBeLessThanOrEqual(134);
    expect(pauseMs(replicas, true, random)).toBeGreaterThanOrEqual(22_500);
  }
});
